import { ArrowDown, ArrowUp, ArrowUpDown } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { Button } from '../button';
import { Menu } from '../menu';
import { t } from '../messages';
import { EmptyState, ErrorState, Skeleton } from '../states';
import type { Column, Sort } from './columns';
import { ColumnsMenu } from './columns-menu';
import { type TableLayoutControl, useTableLayout } from './layout-store';
import { RowIndex } from './row-index';
import { TableGrid } from './table-grid';

export interface DataTableProps<Row extends object> {
  label: string;
  /** Names the columns that the browser keeps; the label unless given. */
  name?: string;
  /** Columns that the page keeps a hold of, from `useTableLayout`; the table's own unless given. */
  layout?: TableLayoutControl;
  rows: readonly Row[];
  rowId: (row: Row) => string;
  columns: readonly Column<Row>[];
  search?: string;
  filter?: (row: Row) => boolean;
  sort?: Sort | null;
  onSortChange?: (sort: Sort) => void;
  selected?: ReadonlySet<string>;
  onSelectedChange?: (selected: ReadonlySet<string>) => void;
  activeId?: string | null;
  onOpen?: (row: Row) => void;
  loading?: boolean;
  error?: unknown;
  onRetry?: () => void;
  empty?: ReactNode;
  onClearFilters?: () => void;
  /** More about the rows, right of the counts. */
  footer?: ReactNode;
  /** How many there are on the host when only some are here. */
  total?: number;
}

/** A grid of any number of rows: search, sort, selection, columns of choice, keys; two-line rows where it is narrow. */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { rows, columns, search = '', filter, sort = null } = props;
  const [texts] = useState(() => new WeakMap<Row, string>());
  const own = useTableLayout(props.name ?? props.label);
  const control = props.layout ?? own;
  const index = useMemo(() => new RowIndex(rows, columns, texts), [rows, columns, texts]);
  const shown = useMemo(() => index.select({ search, filter, sort }), [index, search, filter, sort]);
  if (rows.length === 0) {
    if (props.error) return <ErrorState error={props.error} {...(props.onRetry ? { onRetry: props.onRetry } : {})} />;
    if (props.loading) return <Skeleton rows={12} />;
    return props.empty ?? <EmptyState title={t('table.nothingHere')} message={t('table.thereIsNothingToShow')} />;
  }
  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col border-t border-line bg-surface">
      {shown.length === 0 ? (
        <div className="flex-1">
          <EmptyState
            title={t('table.nothingMatches')}
            message={t('table.noRowPassesTheSearch')}
            action={
              props.onClearFilters ? (
                <Button onClick={props.onClearFilters}>{t('table.clearFilters')}</Button>
              ) : undefined
            }
          />
        </div>
      ) : (
        <TableGrid {...props} shown={shown} sort={sort} control={control} />
      )}
      <footer className="flex min-h-8 shrink-0 items-center gap-4 border-t border-line py-0.5 pr-2 pl-4 text-small text-muted">
        <span role="status">
          {shown.length === rows.length
            ? t('table.rows', { count: rows.length })
            : t('table.ofRows', { shown: shown.length, count: rows.length })}
          {props.total !== undefined && props.total > rows.length ? t('table.firstOf', { total: props.total }) : ''}
          {props.selected && props.selected.size > 0 ? t('table.selected', { count: props.selected.size }) : ''}
        </span>
        <span className="min-w-0 flex-1 truncate">{props.footer}</span>
        {props.error ? <span className="lh-tone-warn lh-tone-text">{t('table.notRefreshed')}</span> : null}
        {props.onSortChange ? <SortMenu columns={columns} sort={sort} onSortChange={props.onSortChange} /> : null}
        <span className="hidden md:inline">
          <ColumnsMenu columns={columns} control={control} />
        </span>
      </footer>
    </div>
  );
}

/** Where rows have two lines there is no header to press: the sort is chosen here. */
function SortMenu<Row>({ columns, sort, onSortChange }: SortMenuProps<Row>) {
  const items = columns
    .filter((column) => column.sortable !== false)
    .map((column) => {
      const current = sort?.column === column.id;
      const icon = current && sort.descending ? ArrowDown : ArrowUp;
      const run = () => onSortChange({ column: column.id, descending: current && !sort.descending });
      return { id: column.id, label: column.header, run, ...(current ? { icon } : {}) };
    });
  return (
    <span className="md:hidden">
      <Menu label={t('table.sort')} icon={ArrowUpDown} items={items} />
    </span>
  );
}

interface SortMenuProps<Row> {
  columns: readonly Column<Row>[];
  sort: Sort | null;
  onSortChange: (sort: Sort) => void;
}
