import type { ReactNode } from 'react';

/** The scrolling inside of a tab. */
export function TabBody({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div
      tabIndex={0}
      role="group"
      aria-label={label}
      className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto p-4 focus-visible:outline-offset-[-2px]"
    >
      {children}
    </div>
  );
}
