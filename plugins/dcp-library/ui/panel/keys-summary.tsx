import type { PackageDetail } from '../data/package-detail';
import { KeyBadge } from '../key-badge';
import { t } from '../messages';
import { PanelSection } from './panel-section';

/** Whether keys open it, in one line; nothing for a package without encrypted compositions. */
export function KeysSummary({ detail, onMore }: { detail: PackageDetail; onMore: () => void }) {
  const { keys } = detail;
  if (keys === undefined || keys.compositions.length === 0) return null;
  return (
    <PanelSection title={t('keys.keys')} term="kdm">
      <p className="dcpl-line">
        <KeyBadge keys={keys} />
        <button type="button" className="dcpl-inline-link" onClick={onMore}>
          {t('keys.more')}
        </button>
      </p>
    </PanelSection>
  );
}
