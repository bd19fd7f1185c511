import { ApiError, type ListPage, useApi, useConnection, useEvents } from '@lamphouse/sdk';
import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { ChangeQueue, type Flush } from './change-queue';
import { appendPage, type PackageList, patchList, readChanges } from './package-list';
import { type PackageRow, toRow, type WirePackage } from './package-row';
import { CHANGED } from './topics';

const PAGE_SIZE = 1000;
const RELOAD_INTERVAL_MS = 4000;
const KEY = ['package-list'];
const NONE: PackageList = { rows: [], total: 0, complete: false };

/** Every package: the first page is shown at once, the others follow, events change single rows. */
export function usePackageList(): UseQueryResult<PackageList, ApiError> {
  const api = useApi();
  const client = useQueryClient();
  const query = useQuery<PackageList, ApiError>({
    queryKey: KEY,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      const shown = client.getQueryData<PackageList>(KEY);
      const growing = shown === undefined || !shown.complete;
      let list = NONE;
      let cursor: string | null = null;
      do {
        const page: ListPage<WirePackage> = await api.list<WirePackage>('/dcps', {
          query: { limit: PAGE_SIZE, cursor },
          signal,
        });
        list = appendPage(list, page.items.map(toRow), page.total);
        cursor = page.nextCursor;
        if (growing && cursor !== null) client.setQueryData<PackageList>(KEY, list);
      } while (cursor !== null);
      return { ...list, total: list.rows.length, complete: true };
    },
  });
  usePatches();
  useReloadOnLibraries();
  useReloadAfterLoss();
  return query;
}

/** Puts changes told by events into the list. */
function usePatches(): void {
  const api = useApi();
  const client = useQueryClient();
  const reload = useReload();
  const queue = useRef<ChangeQueue | null>(null);
  useEffect(() => {
    const read = async (id: string): Promise<PackageRow | string> => {
      try {
        return toRow(await api.get<WirePackage>(`/dcps/${id}`));
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return id;
        throw error;
      }
    };
    const apply = async (flush: Flush) => {
      if (flush.reload) reload();
      const answers = await Promise.allSettled(flush.read.map(read));
      if (answers.some((answer) => answer.status === 'rejected')) reload();
      const values = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
      const found = values.filter((value) => typeof value !== 'string');
      const gone = new Set([...flush.gone, ...values.filter((value) => typeof value === 'string')]);
      client.setQueryData<PackageList>(KEY, (list) => (list === undefined ? list : patchList(list, found, gone)));
    };
    const made = new ChangeQueue(apply, () => client.isFetching({ queryKey: KEY }) > 0);
    queue.current = made;
    return () => made.stop();
  }, [api, client, reload]);
  useEvents(CHANGED, (event) => {
    for (const change of readChanges(event.data)) queue.current?.add(change);
  });
}

/** Reads the whole list again, at most once in a few seconds. */
function useReload(): () => void {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const reload = useRef(() => {
    if (timer.current !== null) return;
    timer.current = setTimeout(() => {
      timer.current = null;
      void client.invalidateQueries({ queryKey: KEY }, { cancelRefetch: false });
    }, RELOAD_INTERVAL_MS);
  });
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
    },
    [],
  );
  return reload.current;
}

/** A mount that is lost or back changes the state of all its packages at once. */
function useReloadOnLibraries(): void {
  const client = useQueryClient();
  const known = useRef('');
  useEvents(['dcp.libraries'], (event) => {
    const libraries = JSON.stringify(event.data.libraries);
    if (libraries === known.current) return;
    known.current = libraries;
    void client.invalidateQueries({ queryKey: KEY });
  });
}

/** Events may have been missed while the connection was away. */
function useReloadAfterLoss(): void {
  const client = useQueryClient();
  const { status } = useConnection();
  const lost = useRef(false);
  useEffect(() => {
    if (status === 'live' && lost.current) void client.invalidateQueries({ queryKey: KEY });
    lost.current = status !== 'live';
  }, [status, client]);
}
