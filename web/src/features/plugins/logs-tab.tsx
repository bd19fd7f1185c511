import type { ListPage, LogLine, Plugin } from '@lamphouse/sdk';
import { Button, EmptyState, ErrorState, FilterChip, LogView, Skeleton, Toolbar } from '@lamphouse/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { RotateCcw, ScrollText } from 'lucide-react';
import { api } from '../../lib/api';
import { t } from '../../lib/messages';
import { useUrlState } from '../../lib/url-state';
import { TabBody } from './tab-body';

const PAGE = 200;
const REFRESH_MS = 5000;
const DEFAULTS = { level: '' };
const LEVELS = [
  {
    value: 'error',
    get label() {
      return t('plugins.errors');
    },
  },
  {
    value: 'warn',
    get label() {
      return t('plugins.warningsAndWorse');
    },
  },
  {
    value: 'info',
    get label() {
      return t('plugins.informationAndWorse');
    },
  },
  {
    value: 'debug',
    get label() {
      return t('plugins.everything');
    },
  },
];

export function LogsTab({ plugin }: { plugin: Plugin }) {
  const [view, setView] = useUrlState(DEFAULTS);
  const logs = useInfiniteQuery({
    queryKey: ['plugin-logs', plugin.id, view.level],
    refetchInterval: REFRESH_MS,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      api.list('/plugins/{id}/logs', {
        path: { id: plugin.id },
        query: { level: view.level, limit: PAGE, cursor: pageParam },
        signal,
      }),
    getNextPageParam: (page: ListPage<LogLine>) => page.nextCursor,
  });
  const lines = logs.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="flex min-h-0 flex-1 flex-col pt-2">
      <Toolbar label={t('plugins.filterTheLog')}>
        <FilterChip
          label={t('plugins.level')}
          options={LEVELS}
          selected={view.level ? [view.level] : []}
          onChange={(levels) => setView({ level: levels.at(-1) ?? '' })}
        />
        <Button size="small" icon={RotateCcw} onClick={() => void logs.refetch()}>
          {t('plugins.refresh')}
        </Button>
      </Toolbar>
      <TabBody label={t('plugins.log')}>
        {logs.data === undefined ? (
          logs.error ? (
            <ErrorState error={logs.error} onRetry={() => void logs.refetch()} />
          ) : (
            <Skeleton rows={12} />
          )
        ) : lines.length === 0 ? (
          <EmptyState
            icon={ScrollText}
            title={t('plugins.nothingLogged')}
            message={t('plugins.whatThePluginWritesShows')}
          />
        ) : (
          <div className="rounded-card border border-line bg-surface">
            <LogView
              label={t('plugins.logOf', { name: plugin.name })}
              lines={lines.map((line) => ({ ...line, id: String(line.id), fields: fieldsText(line.fields) }))}
            />
          </div>
        )}
        {logs.hasNextPage ? (
          <Button pending={logs.isFetchingNextPage} onClick={() => void logs.fetchNextPage()}>
            {t('plugins.loadOlderLines')}
          </Button>
        ) : null}
      </TabBody>
    </div>
  );
}

/** Fields as `key=value`, the way operators search for them. */
export function fieldsText(fields: LogLine['fields']): string | undefined {
  const entries = Object.entries(fields ?? {});
  if (entries.length === 0) return undefined;
  return entries.map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`).join(' ');
}
