import type { ReactNode } from 'react';
import { classNames } from './class-names';

export interface PageProps {
  title: ReactNode;
  subtitle?: ReactNode;
  actions?: ReactNode;
  /** The child takes the height and scrolls itself, as a table does. */
  fill?: boolean;
  children: ReactNode;
}

export function Page({ title, subtitle, actions, fill = false, children }: PageProps) {
  return (
    <div className={classNames('flex min-w-0 flex-col', fill ? 'h-full min-h-0' : 'min-h-full')}>
      <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2">
        <div className="min-w-0 flex-1">
          <h1 className="text-page font-semibold text-fg">{title}</h1>
          {subtitle ? <div className="text-body text-muted">{subtitle}</div> : null}
        </div>
        {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
      </header>
      <div className={classNames('flex min-w-0 flex-1 flex-col', fill ? 'min-h-0' : 'gap-4 px-4 pt-1 pb-6')}>
        {children}
      </div>
    </div>
  );
}
