import type { ReactNode } from 'react';

export interface StatTileProps {
  label: string;
  value: ReactNode;
  hint?: ReactNode;
  tone?: 'neutral' | 'ok' | 'active' | 'warn' | 'bad';
  /** Where it leads. */
  href?: string;
}

export function StatTile({ label, value, hint, tone = 'neutral', href }: StatTileProps) {
  const number = (
    <span className={`text-big font-semibold ${tone === 'neutral' ? 'text-fg' : `lh-tone-${tone} lh-tone-text`}`}>
      {value}
    </span>
  );
  return (
    <div className="relative flex min-w-0 flex-col gap-0.5 rounded-card border border-line bg-surface px-4 py-3 has-[a:hover]:bg-raised">
      {href ? (
        <a href={href} className="text-body text-muted no-underline after:absolute after:inset-0 after:rounded-card">
          {label}
        </a>
      ) : (
        <span className="text-body text-muted">{label}</span>
      )}
      {number}
      {hint ? <span className="truncate text-small text-muted">{hint}</span> : null}
    </div>
  );
}
