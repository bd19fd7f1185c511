import { classNames } from './class-names';
import { formatDateTime } from './format';

export interface LogViewLine {
  id: string;
  at: string;
  level: string;
  message: string;
  fields?: string | undefined;
}

const TONES: Record<string, string> = { error: 'bad', warn: 'warn', info: 'active' };

/** Lines of a log, newest first, monospaced. */
export function LogView({ lines, label }: { lines: LogViewLine[]; label: string }) {
  return (
    <ol aria-label={label} className="font-mono text-small">
      {lines.map((line) => (
        <li
          key={line.id}
          className="grid grid-cols-[auto_48px_minmax(0,1fr)] gap-x-3 border-b border-line px-4 py-1 last:border-b-0 max-md:grid-cols-[auto_minmax(0,1fr)]"
        >
          <time dateTime={line.at} title={formatDateTime(line.at)} className="text-muted">
            {line.at.slice(11, 23)}
          </time>
          <span className={classNames(`lh-tone-${TONES[line.level] ?? 'neutral'}`, 'lh-tone-text uppercase')}>
            {line.level}
          </span>
          <span className="break-words max-md:col-span-2">
            {line.message}
            {line.fields ? <span className="text-muted"> {line.fields}</span> : null}
          </span>
        </li>
      ))}
    </ol>
  );
}
