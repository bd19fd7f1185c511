import type { ReactNode } from 'react';

export type BadgeTone = 'neutral' | 'ok' | 'active' | 'warn' | 'bad';

export function Badge({ tone = 'neutral', children }: { tone?: BadgeTone; children: ReactNode }) {
  return (
    <span
      className={`lh-tint lh-tone-${tone} inline-flex h-5 items-center gap-1 rounded-control px-1.5 text-small font-medium whitespace-nowrap`}
    >
      {children}
    </span>
  );
}
