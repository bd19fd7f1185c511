import { type ApiError, useApiQuery, useRefetchOn } from '@lamphouse/sdk';
import type { UseQueryResult } from '@tanstack/react-query';
import type { LibrarySummary } from './library-summary';
import { CHANGED } from './topics';

/** Whatever may change the totals or whether a mount can be read. */
const TOPICS = [...CHANGED, 'dcp.scan', 'dcp.libraries', 'mounts.changed', 'plugins.changed'];

export function useSummary(): UseQueryResult<LibrarySummary, ApiError> {
  useRefetchOn(TOPICS, ['/dcps/summary']);
  return useApiQuery<LibrarySummary>('/dcps/summary');
}
