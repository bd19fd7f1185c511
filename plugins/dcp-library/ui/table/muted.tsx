/** A fact in a cell, or a dash that says it is not known. */
import { t } from '../messages';
export function Muted({ text }: { text: string | null }) {
  if (text === null) {
    return (
      <span className="dcpl-muted">
        <span aria-hidden>–</span>
        <span className="dcpl-hidden">{t('table.notKnown')}</span>
      </span>
    );
  }
  return <span title={text}>{text}</span>;
}
