import {
  keepPreviousData,
  type QueryKey,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { type ApiClient, createApiClient, type ListPage, type QueryParameters } from './api-client';
import type { ApiError } from './api-error';
import { usePluginHost } from './host';

/** Client for the plugin's own routes. */
export function useApi(): ApiClient {
  const { transport } = usePluginHost();
  return useMemo(() => createApiClient(transport), [transport]);
}

export interface ApiQueryOptions<T, S = T> {
  query?: QueryParameters;
  enabled?: boolean;
  refetchInterval?: number | false;
  staleTime?: number;
  /** Keep showing the previous answer while another `query` loads. */
  keepPrevious?: boolean;
  select?: (data: T) => S;
}

function withoutUndefined<O extends object>(options: O): { [K in keyof O]: Exclude<O[K], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof O]: Exclude<O[K], undefined> };
}

/** GET of one of the plugin's routes, kept in the plugin's own cache. */
export function useApiQuery<T, S = T>(path: string, options: ApiQueryOptions<T, S> = {}): UseQueryResult<S, ApiError> {
  const api = useApi();
  const { query, keepPrevious, ...rest } = options;
  return useQuery<T, ApiError, S, QueryKey>({
    queryKey: ['api', path, query ?? {}],
    queryFn: ({ signal }) => api.get<T>(path, { query, signal }),
    ...(keepPrevious ? { placeholderData: keepPreviousData } : {}),
    ...withoutUndefined(rest),
  });
}

export interface ApiListOptions {
  query?: QueryParameters;
  enabled?: boolean;
  pageSize?: number;
  maxItems?: number;
}

export interface ApiList<T> {
  items: T[];
  total: number;
  /** False when the list was cut at `maxItems`. */
  complete: boolean;
}

/** Reads a paged route to its end, or to `maxItems`. */
export function useApiList<T>(path: string, options: ApiListOptions = {}): UseQueryResult<ApiList<T>, ApiError> {
  const api = useApi();
  const { query, enabled = true, pageSize = 500, maxItems = 10_000 } = options;
  return useQuery<ApiList<T>, ApiError>({
    queryKey: ['list', path, query ?? {}, maxItems],
    enabled,
    queryFn: async ({ signal }) => {
      const items: T[] = [];
      let cursor: string | null = null;
      let total: number | null = null;
      do {
        const page: ListPage<T> = await api.list<T>(path, { query: { ...query, limit: pageSize, cursor }, signal });
        items.push(...page.items);
        total = page.total ?? total;
        cursor = page.nextCursor;
      } while (cursor !== null && items.length < maxItems);
      return { items, total: Math.max(total ?? 0, items.length), complete: cursor === null };
    },
  });
}

/** Refetches the queries whose path starts with `prefix`. */
export function useInvalidate(): (prefix: string) => Promise<void> {
  const client = useQueryClient();
  return useCallback(
    (prefix) =>
      client.invalidateQueries({
        predicate: ({ queryKey }) => typeof queryKey[1] === 'string' && queryKey[1].startsWith(prefix),
      }),
    [client],
  );
}

export interface ApiMutationOptions<T> {
  /** Path prefixes whose queries are refetched after success. */
  invalidates?: readonly string[];
  onSuccess?: (data: T) => void;
  onError?: (error: ApiError) => void;
}

export function useApiMutation<T, V = void>(
  run: (api: ApiClient, variables: V) => Promise<T>,
  options: ApiMutationOptions<T> = {},
): UseMutationResult<T, ApiError, V> {
  const api = useApi();
  const invalidate = useInvalidate();
  return useMutation<T, ApiError, V>({
    mutationFn: (variables) => run(api, variables),
    onSuccess: async (data) => {
      await Promise.all((options.invalidates ?? []).map((prefix) => invalidate(prefix)));
      options.onSuccess?.(data);
    },
    onError: (error) => options.onError?.(error),
  });
}
