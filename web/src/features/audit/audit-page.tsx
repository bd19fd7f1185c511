import type { AuditEntry, ListPage } from '@lamphouse/sdk';
import {
  Button,
  type Column,
  CopyText,
  DataTable,
  DateTime,
  DetailPanel,
  EmptyState,
  JsonView,
  KeyValueList,
  Page,
  SearchField,
  Split,
  Status,
  Toolbar,
} from '@lamphouse/ui';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { ScrollText } from 'lucide-react';
import { useMemo } from 'react';
import { api } from '../../lib/api';
import { t } from '../../lib/messages';
import { useUrlState } from '../../lib/url-state';

const PAGE = 200;
const DEFAULTS = { q: '', actor: '', action: '', entry: 0 };

function Outcome({ outcome }: Pick<AuditEntry, 'outcome'>) {
  return <Status state={outcome === 'allowed' ? 'ok' : 'bad'} label={t(`audit.${outcome}`)} />;
}

const COLUMNS: Column<AuditEntry>[] = [
  {
    id: 'sequence',
    get header() {
      return t('audit.no');
    },
    value: (entry) => entry.sequence,
    width: 72,
    align: 'end',
  },
  {
    id: 'at',
    get header() {
      return t('audit.when');
    },
    value: (entry) => entry.at,
    cell: (entry) => <DateTime at={entry.at} />,
    width: 190,
    mobile: 'detail',
  },
  {
    id: 'actor',
    get header() {
      return t('audit.who');
    },
    value: (entry) => entry.actor,
    width: 160,
    mobile: 'detail',
  },
  {
    id: 'action',
    get header() {
      return t('audit.didWhat');
    },
    value: (entry) => entry.action,
    minWidth: 160,
    mobile: 'title',
  },
  {
    id: 'subject',
    get header() {
      return t('audit.toWhat');
    },
    value: (entry) => entry.subject,
    minWidth: 180,
    grow: 2,
    mobile: 'detail',
  },
  {
    id: 'outcome',
    get header() {
      return t('audit.outcome');
    },
    value: (entry) => t(`audit.${entry.outcome}`),
    cell: (entry) => <Outcome outcome={entry.outcome} />,
    width: 130,
    mobile: 'aside',
  },
  {
    id: 'request',
    get header() {
      return t('audit.request');
    },
    value: (entry) => entry.request_id,
    width: 220,
    hidden: true,
  },
];

export function AuditPage() {
  const [view, setView] = useUrlState(DEFAULTS);
  const query = { q: view.q, actor: view.actor, action: view.action };
  const list = useInfiniteQuery({
    queryKey: ['audit', query],
    placeholderData: keepPreviousData,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      api.list('/audit', { query: { ...query, limit: PAGE, cursor: pageParam }, signal }),
    getNextPageParam: (page: ListPage<AuditEntry>) => page.nextCursor,
  });
  const entries = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const open = entries.find((entry) => entry.sequence === view.entry);
  const filtered = view.q !== '' || view.actor !== '' || view.action !== '';
  const clear = () => setView({ q: '', actor: '', action: '' });
  return (
    <Page title={t('audit.auditLog')} subtitle={t('audit.everyChangeWhoMadeIt')} fill>
      <Toolbar label={t('audit.filterTheAuditLog')}>
        <SearchField value={view.q} onChange={(q) => setView({ q })} placeholder={t('audit.searchTheLog')} />
        <SearchField value={view.actor} onChange={(actor) => setView({ actor })} placeholder={t('audit.who')} />
        <SearchField value={view.action} onChange={(action) => setView({ action })} placeholder={t('audit.didWhat')} />
      </Toolbar>
      <Split panel={open ? <AuditPanel entry={open} onClose={() => setView({ entry: 0 })} /> : null}>
        <DataTable
          name="audit"
          label={t('audit.auditLog')}
          rows={entries}
          rowId={(entry) => String(entry.sequence)}
          columns={COLUMNS}
          activeId={String(view.entry)}
          onOpen={(entry) => setView({ entry: entry.sequence })}
          loading={list.isPending}
          error={list.error}
          onRetry={() => void list.refetch()}
          empty={
            <EmptyState
              icon={ScrollText}
              title={filtered ? t('audit.noEntryMatches') : t('audit.nothingYet')}
              message={filtered ? t('audit.noEntryPassesTheFilters') : t('audit.changesShowUpHereAs')}
              action={filtered ? <Button onClick={clear}>{t('audit.clearFilters')}</Button> : undefined}
            />
          }
          footer={
            list.hasNextPage ? (
              <Button size="small" pending={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                {t('audit.loadOlderEntries')}
              </Button>
            ) : null
          }
        />
      </Split>
    </Page>
  );
}

function AuditPanel({ entry, onClose }: { entry: AuditEntry; onClose: () => void }) {
  return (
    <DetailPanel
      title={entry.action}
      subtitle={entry.subject}
      status={<Outcome outcome={entry.outcome} />}
      onClose={onClose}
    >
      <div className="flex flex-col gap-4 p-4">
        <KeyValueList
          items={[
            { label: t('audit.number'), value: entry.sequence },
            { label: t('audit.when'), value: <DateTime at={entry.at} /> },
            { label: t('audit.who'), value: entry.actor },
            {
              label: t('audit.request'),
              value: entry.request_id ? (
                <CopyText value={entry.request_id} label={t('audit.requestId')} />
              ) : (
                t('audit.none')
              ),
            },
          ]}
        />
        <h3 className="text-form font-semibold">{t('audit.detail')}</h3>
        <JsonView value={entry.detail} label={t('audit.detail')} />
      </div>
    </DetailPanel>
  );
}
