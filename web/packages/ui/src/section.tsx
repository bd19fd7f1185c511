import { type ReactNode, useId } from 'react';
import { classNames } from './class-names';

export interface SectionProps {
  title?: ReactNode;
  actions?: ReactNode;
  /** No inner space: for tables and lists that reach the edge. */
  flush?: boolean;
  children: ReactNode;
}

/** A card with a heading. */
export function Section({ title, actions, flush = false, children }: SectionProps) {
  const id = useId();
  return (
    <section
      aria-labelledby={title ? id : undefined}
      className="flex min-w-0 flex-col rounded-card border border-line bg-surface"
    >
      {title ? (
        <header className="flex min-h-10 flex-wrap items-center gap-2 border-b border-line py-1 pr-2 pl-4">
          <h2 id={id} className="min-w-0 flex-1 truncate text-form font-semibold">
            {title}
          </h2>
          {actions}
        </header>
      ) : null}
      <div className={classNames('min-w-0 flex-1', !flush && 'p-4')}>{children}</div>
    </section>
  );
}
