import type { ReactNode } from 'react';
import { DateTime } from './formats';

export interface TimelineItem {
  id: string;
  at: string;
  title: ReactNode;
  detail?: ReactNode;
  tone?: 'neutral' | 'ok' | 'active' | 'warn' | 'bad';
}

export function Timeline({ items }: { items: TimelineItem[] }) {
  return (
    <ol className="flex flex-col">
      {items.map(({ id, at, title, detail, tone = 'neutral' }) => (
        <li key={id} className={`lh-tone-${tone} relative flex gap-3 pb-3 last:pb-0`}>
          <span aria-hidden className="lh-tone-text mt-1.5 size-2 shrink-0 rounded-full bg-current" />
          <div className="min-w-0 flex-1">
            <div className="flex flex-wrap items-baseline gap-x-3">
              <span className="font-medium">{title}</span>
              <span className="text-small text-muted">
                <DateTime at={at} />
              </span>
            </div>
            {detail ? <div className="text-body break-words text-muted">{detail}</div> : null}
          </div>
        </li>
      ))}
    </ol>
  );
}
