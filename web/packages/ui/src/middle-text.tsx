import { classNames } from './class-names';

const TAIL = 12;

/** Text cut in its middle when room is short: the end of an id or path tells most. */
export function MiddleText({ text, mono = false }: { text: string; mono?: boolean }) {
  const cut = text.length > TAIL * 2 ? text.length - TAIL : text.length;
  return (
    <span title={text} className={classNames('inline-flex max-w-full min-w-0', mono && 'font-mono text-small')}>
      <span className="truncate whitespace-pre">{text.slice(0, cut)}</span>
      <span className="shrink-0 whitespace-pre">{text.slice(cut)}</span>
    </span>
  );
}
