import type { Job, ListPage } from '@lamphouse/sdk';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../../lib/api';

const PAGE = 500;

export interface JobFilter {
  state: string;
  plugin: string;
  kind: string;
  q: string;
}

/** Jobs that pass the filter, newest first, read from the host page by page. */
export function useJobList({ state, plugin, kind, q }: JobFilter) {
  const query = { state, plugin, kind, q };
  const list = useInfiniteQuery({
    queryKey: ['jobs', 'list', query],
    placeholderData: keepPreviousData,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      api.list('/jobs', { query: { ...query, limit: PAGE, cursor: pageParam }, signal }),
    getNextPageParam: (page: ListPage<Job>) => page.nextCursor,
  });
  const jobs = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  return { ...list, jobs, total: list.data?.pages[0]?.total ?? null };
}
