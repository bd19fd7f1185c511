import { Tabs as Base } from '@base-ui/react/tabs';
import { type ReactNode, useEffect, useRef, useState } from 'react';
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

/** Room that stays beside the chosen tab, so that a part of the next one is seen. */
const BESIDE_PX = 40;

/** Brings the chosen tab of a row that is too narrow wholly into view, and tells at which ends more tabs are hidden. */
function useOverflow(value: string, count: number) {
  const row = useRef<HTMLDivElement>(null);
  const [more, setMore] = useState('');
  useEffect(() => {
    const list = row.current;
    if (list === null) return;
    const look = () => {
      const before = list.scrollLeft > 1;
      const after = list.scrollLeft + list.clientWidth < list.scrollWidth - 1;
      setMore([before ? 'before' : '', after ? 'after' : ''].join(' ').trim());
    };
    const size = new ResizeObserver(look);
    size.observe(list);
    list.addEventListener('scroll', look, { passive: true });
    return () => {
      size.disconnect();
      list.removeEventListener('scroll', look);
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is chosen, or tabs come and go
  useEffect(() => {
    const list = row.current;
    const tab = list?.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]');
    if (!list || !tab) return;
    const [outer, inner] = [list.getBoundingClientRect(), tab.getBoundingClientRect()];
    const [before, after] = [outer.left - inner.left + BESIDE_PX, inner.right - outer.right + BESIDE_PX];
    if (before > 0) list.scrollLeft -= before;
    else if (after > 0) list.scrollLeft += after;
  }, [value, count]);
  return { row, more };
}

/** Tabs with their panels; the choice belongs in the address. */
export function Tabs({ value, onChange, tabs, label = t('tabs.views') }: TabsProps) {
  const { row, more } = useOverflow(value, tabs.length);
  return (
    <Base.Root
      value={value}
      onValueChange={(next) => onChange(String(next))}
      className="flex min-h-0 min-w-0 flex-1 flex-col"
    >
      <div data-more={more} className="lh-tab-row relative shrink-0 border-b border-line">
        <Base.List
          ref={row}
          aria-label={label}
          className="lh-tabs -mb-px flex gap-1 overflow-x-auto overflow-y-hidden px-3"
        >
          {tabs.map((tab) => (
            <Base.Tab
              key={tab.id}
              value={tab.id}
              className="lh-touch flex h-9 shrink-0 items-center justify-center gap-1.5 border-b-2 border-transparent px-2 font-medium whitespace-nowrap text-muted hover:text-fg focus-visible:outline-offset-[-2px] data-active:border-focus data-active:text-fg"
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
      </div>
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
