import { Tabs as Base } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';
import { formatCount } from './format';
import { t } from './messages';

export interface TabItem {
  id: string;
  label: string;
  count?: number;
  content?: ReactNode;
}

export interface TabsProps {
  value: string;
  onChange: (id: string) => void;
  tabs: TabItem[];
  /** Names the row of tabs. */
  label?: string;
}

/** Tabs with their panels; the choice belongs in the address. */
export function Tabs({ value, onChange, tabs, label = t('tabs.views') }: TabsProps) {
  return (
    <Base.Root
      value={value}
      onValueChange={(next) => onChange(String(next))}
      className="flex min-h-0 min-w-0 flex-1 flex-col"
    >
      <Base.List
        aria-label={label}
        className="flex shrink-0 gap-1 overflow-x-auto overflow-y-hidden border-b border-line px-3"
      >
        {tabs.map((tab) => (
          <Base.Tab
            key={tab.id}
            value={tab.id}
            className="lh-touch -mb-px flex h-9 shrink-0 items-center justify-center gap-1.5 border-b-2 border-transparent px-2 font-medium whitespace-nowrap text-muted hover:text-fg focus-visible:outline-offset-[-2px] data-active:border-focus data-active:text-fg"
          >
            {tab.label}
            {tab.count === undefined ? null : (
              <span className="min-w-5 rounded-full bg-raised px-1.5 text-center text-small text-fg">
                {formatCount(tab.count)}
              </span>
            )}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map((tab) => (
        <Base.Panel
          key={tab.id}
          value={tab.id}
          className="flex min-h-0 min-w-0 flex-1 flex-col focus-visible:outline-offset-[-2px]"
        >
          {tab.content}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
