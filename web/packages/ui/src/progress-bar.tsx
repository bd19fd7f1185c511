import { classNames } from './class-names';
import { formatPercent } from './format';

export interface ProgressBarProps {
  /** 0 to 100, or null when how far it is is not known. */
  percent: number | null;
  label: string;
  tone?: 'active' | 'ok' | 'warn' | 'bad';
  showValue?: boolean;
}

const FILLS = { active: 'bg-fill-active', ok: 'bg-fill-ok', warn: 'bg-fill-warn', bad: 'bg-fill-bad' };

export function ProgressBar({ percent, label, tone = 'active', showValue = true }: ProgressBarProps) {
  const value = percent === null ? null : Math.min(100, Math.max(0, percent));
  return (
    <span className="flex w-full min-w-0 items-center gap-2">
      <span
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={value ?? undefined}
        className="lh-progress block h-1.5 min-w-8 flex-1 overflow-hidden rounded-full bg-track"
      >
        <span
          className={classNames('block h-full rounded-full', FILLS[tone], value === null && 'opacity-60')}
          style={{ transform: `scaleX(${(value ?? 100) / 100})` }}
        />
      </span>
      {showValue ? (
        <span aria-hidden className="lh-figures w-9 shrink-0 text-right text-small text-muted">
          {value === null ? '…' : formatPercent(value)}
        </span>
      ) : null}
    </span>
  );
}
