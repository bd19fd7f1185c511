import { decodeSearch, patchSearch, useSession } from '@lamphouse/sdk';
import { type TableLayoutControl, ViewsMenu } from '@lamphouse/ui';
import { type Filters, NO_FILTERS, VIEW_DEFAULTS } from './filter-state';

/** What a view keeps of the address: no package that is open. */
const KEPT = { ...NO_FILTERS, sort: VIEW_DEFAULTS.sort };

export interface LibraryViewsProps {
  /** Of the table; each reader has views of their own. */
  name: string;
  filters: Filters;
  sort: string;
  layout: TableLayoutControl;
  onApply: (view: Filters & { sort: string }) => void;
}

/** Saved views of the library's table. */
export function LibraryViews({ name, filters, sort, layout, onApply }: LibraryViewsProps) {
  const { user } = useSession();
  return (
    <ViewsMenu
      name={`${name}.${user.username}`}
      search={patchSearch('', KEPT, { ...filters, sort })}
      control={layout}
      onApply={(search) => onApply(decodeSearch(search, KEPT))}
    />
  );
}
