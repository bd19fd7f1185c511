import { ApiError, type SessionAnswer } from '@lamphouse/sdk';
import { QueryCache, QueryClient } from '@tanstack/react-query';

const STALE_MS = 30_000;
const RETRIES = 2;

/** Refusals do not get better by asking again. */
export function worthRetry(failures: number, error: Error): boolean {
  const refused = error instanceof ApiError && error.status >= 400 && error.status < 500;
  return !refused && failures < RETRIES;
}

function onError(error: Error): void {
  if (error instanceof ApiError && error.status === 401)
    queryClient.setQueryData<SessionAnswer | null>(['session'], null);
}

/** Forgets all that was asked for somebody; who is signed in now stays known. */
export function forgetAnswers(): void {
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
}

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  defaultOptions: { queries: { staleTime: STALE_MS, retry: worthRetry, refetchOnWindowFocus: false } },
});
