import type { ListPage, LogLine, Plugin } from '@lamphouse/sdk';
import { Button, EmptyState, ErrorState, FilterChip, LogView, Skeleton, Toolbar } from '@lamphouse/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { RotateCcw, ScrollText } from 'lucide-react';
import { api } from '../../lib/api';
import { useUrlState } from '../../lib/url-state';
import { TabBody } from './tab-body';

const PAGE = 200;
const REFRESH_MS = 5000;
const DEFAULTS = { level: '' };
const LEVELS = [
  { value: 'error', label: 'Errors' },
  { value: 'warn', label: 'Warnings and worse' },
  { value: 'info', label: 'Information and worse' },
  { value: 'debug', label: 'Everything' },
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
      <Toolbar label="Filter the log">
        <FilterChip
          label="Level"
          options={LEVELS}
          selected={view.level ? [view.level] : []}
          onChange={(levels) => setView({ level: levels.at(-1) ?? '' })}
        />
        <Button size="small" icon={RotateCcw} onClick={() => void logs.refetch()}>
          Refresh
        </Button>
      </Toolbar>
      <TabBody label="Log">
        {logs.data === undefined ? (
          logs.error ? (
            <ErrorState error={logs.error} onRetry={() => void logs.refetch()} />
          ) : (
            <Skeleton rows={12} />
          )
        ) : lines.length === 0 ? (
          <EmptyState icon={ScrollText} title="Nothing logged" message="What the plugin writes shows up here." />
        ) : (
          <div className="rounded-card border border-line bg-surface">
            <LogView
              label={`Log of ${plugin.name}`}
              lines={lines.map((line) => ({ ...line, id: String(line.id), fields: fieldsText(line.fields) }))}
            />
          </div>
        )}
        {logs.hasNextPage ? (
          <Button pending={logs.isFetchingNextPage} onClick={() => void logs.fetchNextPage()}>
            Load older lines
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
