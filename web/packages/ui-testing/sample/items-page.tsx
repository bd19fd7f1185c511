import { useApiList, useSearch } from '@lamphouse/sdk';
import {
  Bytes,
  type Column,
  DataTable,
  DetailPanel,
  EmptyState,
  FilterChip,
  formatSort,
  KeyValueList,
  Page,
  parseSort,
  RelativeTime,
  SearchField,
  Split,
  Status,
  Toolbar,
} from '@lamphouse/ui';
import { useState } from 'react';
import { ITEM_STATES, type Item } from './item';

const COLUMNS: Column<Item>[] = [
  {
    id: 'state',
    header: 'State',
    value: (item) => ITEM_STATES[item.state].label,
    cell: (item) => <Status {...ITEM_STATES[item.state]} />,
    width: 110,
    mobile: 'aside',
  },
  { id: 'title', header: 'Title', value: (item) => item.title, minWidth: 220, grow: 2, mobile: 'title' },
  { id: 'parts', header: 'Parts', value: (item) => item.parts, width: 80, align: 'end' },
  {
    id: 'size',
    header: 'Size',
    value: (item) => item.size,
    cell: (item) => <Bytes value={item.size} />,
    width: 100,
    align: 'end',
    mobile: 'detail',
  },
  {
    id: 'seen',
    header: 'Seen',
    value: (item) => item.seen_at,
    cell: (item) => <RelativeTime at={item.seen_at} />,
    width: 110,
    align: 'end',
    mobile: 'detail',
  },
];

const NOTHING: ReadonlySet<string> = new Set();

export function ItemsPage() {
  const [view, set] = useSearch({ q: '', state: [] as string[], sort: 'title', item: '' });
  const [selected, setSelected] = useState(NOTHING);
  const list = useApiList<Item>('/items', { pageSize: 2000 });
  const rows = list.data?.items ?? [];
  const open = rows.find((item) => item.id === view.item);
  const options = Object.entries(ITEM_STATES).map(([value, { label }]) => ({
    value,
    label,
    count: rows.filter((item) => item.state === value).length,
  }));
  return (
    <Page title="Entries" fill>
      <Toolbar label="Filter entries">
        <SearchField value={view.q} onChange={(q) => set({ q })} placeholder="Search entries" />
        <FilterChip label="State" options={options} selected={view.state} onChange={(state) => set({ state })} />
      </Toolbar>
      <Split
        panel={
          open ? (
            <DetailPanel
              title={open.title}
              status={<Status {...ITEM_STATES[open.state]} />}
              onClose={() => set({ item: '' })}
            >
              <div className="sample:p-4">
                <KeyValueList
                  items={[
                    { label: 'Parts', value: open.parts },
                    { label: 'Size', value: <Bytes value={open.size} /> },
                  ]}
                />
              </div>
            </DetailPanel>
          ) : null
        }
      >
        <DataTable
          label="Entries"
          rows={rows}
          rowId={(item) => item.id}
          columns={COLUMNS}
          search={view.q}
          filter={(item) => view.state.length === 0 || view.state.includes(item.state)}
          sort={parseSort(view.sort)}
          onSortChange={(sort) => set({ sort: formatSort(sort) })}
          selected={selected}
          onSelectedChange={setSelected}
          activeId={view.item}
          onOpen={(item) => set({ item: item.id })}
          loading={list.isPending}
          error={list.error}
          onRetry={() => void list.refetch()}
          empty={<EmptyState title="No entries" message="Entries show up as they arrive." />}
          onClearFilters={() => set({ q: '', state: [] })}
        />
      </Split>
    </Page>
  );
}
