import { useSearch } from '@lamphouse/sdk';
import { Page, Split, useTableLayout } from '@lamphouse/ui';
import { SearchX } from 'lucide-react';
import { useCallback, useMemo, useState } from 'react';
import type { PackageRow } from './data/package-row';
import { usePackageList } from './data/use-package-list';
import { useRotAlarm } from './data/use-rot-alarm';
import { useScan } from './data/use-scan';
import { useSummary } from './data/use-summary';
import { useTrashNews } from './data/use-trash-news';
import { facetsOf } from './filters/facets';
import { type Filters, NO_FILTERS, VIEW_DEFAULTS } from './filters/filter-state';
import { LibraryToolbar } from './filters/library-toolbar';
import { LibraryViews } from './filters/library-views';
import { useFilters, useMatching } from './filters/use-matching';
import { Glossary } from './glossary';
import { LibraryActions } from './library-actions';
import { LibraryEmpty } from './library-empty';
import { LibrarySubtitle } from './library-subtitle';
import { t } from './messages';
import { MountBanner } from './mount-banner';
import { LibraryTabs } from './overview/library-tabs';
import { PackageWalk } from './panel/package-walk';
import { SelectionBar } from './selection-bar';
import { packageColumns } from './table/columns';
import { LibraryTable } from './table/library-table';
import { useGridEntry } from './table/use-grid-entry';

const NO_ROWS: readonly PackageRow[] = [];
/** Names what the browser keeps of the table. */
const TABLE = 'dcp-library.packages';
const NOTHING: ReadonlySet<string> = new Set();

/** The library: every package in a table, one of them in a panel. All view state is in the address. */
export function LibraryPage() {
  const [view, setView] = useSearch(VIEW_DEFAULTS);
  const list = usePackageList();
  const summary = useSummary();
  const scan = useScan(summary.data?.scanning ?? false);
  const [selected, setSelected] = useState(NOTHING);
  const rows = list.data?.rows ?? NO_ROWS;
  const mounts = summary.data?.mounts ?? [];
  const several = mounts.length > 1;
  const tagged = useMemo(() => rows.some((row) => row.tags.length > 0), [rows]);
  const columns = useMemo(() => packageColumns(several, tagged), [several, tagged]);
  const facets = useMemo(() => facetsOf(rows), [rows]);
  const filters = useFilters(view);
  const { filter, matching, similar } = useMatching(rows, filters, list.data?.complete ?? false);
  const change = useCallback((patch: Partial<Filters>) => setView(patch), [setView]);
  const open = useCallback((item: string) => setView({ item }, { replace: false }), [setView]);
  const layout = useTableLayout(TABLE);
  const bare = list.data?.complete === true && rows.length === 0;
  useGridEntry();
  useRotAlarm();
  useTrashNews();
  const panel =
    view.item === '' ? null : (
      <PackageWalk
        id={view.item}
        rows={matching}
        columns={columns}
        sort={view.sort}
        tab={view.tab}
        onTab={(tab) => setView({ tab })}
        onOpen={open}
        onWalk={(item) => setView({ item })}
        onClose={() => setView({ item: '', tab: 'overview' })}
        onRescan={scan.start}
        scanning={scan.starting || scan.progress !== null}
      />
    );
  return (
    <div className="dcpl-library">
      <Split panel={panel}>
        <Page
          fill
          title={
            <>
              <Glossary term="dcp">DCP</Glossary>
              {t('library.titleAfterDcp')}
            </>
          }
          subtitle={<LibrarySubtitle list={list.data} summary={summary.data} scan={scan.progress} />}
          actions={
            <LibraryActions
              rows={matching}
              columns={columns}
              sort={view.sort}
              scan={scan}
              canScan={mounts.length > 0}
            />
          }
        >
          <LibraryTabs current="packages" />
          <MountBanner mounts={mounts} />
          {selected.size > 0 ? (
            <SelectionBar rows={rows} selected={selected} onClear={() => setSelected(NOTHING)} />
          ) : bare ? null : (
            <LibraryToolbar
              filters={filters}
              facets={facets}
              onChange={change}
              views={<LibraryViews name={TABLE} filters={filters} sort={view.sort} layout={layout} onApply={setView} />}
            />
          )}
          {similar ? (
            <p role="status" className="dcpl-similar">
              <SearchX size={16} aria-hidden />
              {t('similar.shown', { words: filters.q, count: matching.length })}
            </p>
          ) : null}
          <LibraryTable
            rows={rows}
            matching={matching}
            columns={columns}
            layout={layout}
            filter={filter}
            sort={view.sort}
            onSort={(sort) => setView({ sort })}
            selected={selected}
            onSelected={setSelected}
            openId={view.item}
            onOpen={open}
            total={list.data?.total ?? 0}
            loading={list.isPending}
            error={list.error}
            onRetry={() => void list.refetch()}
            onClearFilters={() => change(NO_FILTERS)}
            empty={<LibraryEmpty summary={summary.data} scanning={scan.progress !== null} />}
          />
        </Page>
      </Split>
    </div>
  );
}
