import { type Column, DataTable, formatBytes, formatSort, parseSort, type TableLayoutControl } from '@lamphouse/ui';
import type { ReactNode } from 'react';
import type { PackageRow } from '../data/package-row';
import { t } from '../messages';

const rowId = (row: PackageRow) => row.id;

function sizeOf(rows: Iterable<PackageRow>): number {
  let sum = 0;
  for (const row of rows) sum += row.total_size_bytes;
  return sum;
}

export interface LibraryTableProps {
  rows: readonly PackageRow[];
  /** Those of `rows` that pass the filter. */
  matching: readonly PackageRow[];
  columns: readonly Column<PackageRow>[];
  layout: TableLayoutControl;
  filter: (row: PackageRow) => boolean;
  sort: string;
  onSort: (sort: string) => void;
  selected: ReadonlySet<string>;
  onSelected: (selected: ReadonlySet<string>) => void;
  openId: string;
  onOpen: (id: string) => void;
  total: number;
  loading: boolean;
  error: unknown;
  onRetry: () => void;
  onClearFilters: () => void;
  empty: ReactNode;
}

/** The table of packages with the sums under it. */
export function LibraryTable(props: LibraryTableProps) {
  const { rows, matching, selected } = props;
  const selectedRows = selected.size === 0 ? [] : rows.filter((row) => selected.has(row.id));
  const sizes = [
    formatBytes(sizeOf(matching)),
    selected.size > 0 ? t('table.selected', { selectedRows: formatBytes(sizeOf(selectedRows)) }) : '',
  ];
  return (
    <DataTable
      label={t('table.packages')}
      layout={props.layout}
      rows={rows}
      rowId={rowId}
      columns={props.columns}
      filter={props.filter}
      sort={parseSort(props.sort)}
      onSortChange={(sort) => props.onSort(formatSort(sort))}
      selected={selected}
      onSelectedChange={props.onSelected}
      activeId={props.openId || null}
      onOpen={(row) => props.onOpen(row.id)}
      loading={props.loading}
      error={props.error}
      onRetry={props.onRetry}
      empty={props.empty}
      onClearFilters={props.onClearFilters}
      total={props.total}
      footer={sizes.filter((text) => text !== '').join(' · ')}
    />
  );
}
