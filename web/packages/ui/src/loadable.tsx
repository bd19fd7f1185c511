import { ClockAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { RelativeTime } from './formats';
import { t } from './messages';
import { ErrorState, Skeleton } from './states';

interface LoadableQuery<T> {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
  dataUpdatedAt: number;
  refetch: () => unknown;
}

export interface LoadableProps<T> {
  query: LoadableQuery<T>;
  /** Shown instead of the children when it is given and the data is an empty list. */
  empty?: ReactNode;
  rows?: number;
  children: (data: T) => ReactNode;
}

/** One panel's five states: loading, error, empty, stale, full. */
export function Loadable<T>({ query, empty, rows = 4, children }: LoadableProps<T>) {
  const { data, error, dataUpdatedAt } = query;
  if (data === undefined) {
    return error ? <ErrorState error={error} onRetry={() => query.refetch()} /> : <Skeleton rows={rows} />;
  }
  const isEmpty = empty !== undefined && Array.isArray(data) && data.length === 0;
  return (
    <>
      {error ? (
        <p role="status" className="lh-tint lh-tone-warn flex items-center gap-2 px-4 py-1.5 text-small">
          <ClockAlert size={14} aria-hidden />
          <span>
            {t('loadable.notRefreshedThisIsAs')} <RelativeTime at={new Date(dataUpdatedAt).toISOString()} />.
          </span>
        </p>
      ) : null}
      {isEmpty ? empty : children(data)}
    </>
  );
}
