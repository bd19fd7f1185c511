import { type ApiError, useApiQuery, useRefetchOn } from '@lamphouse/sdk';
import type { UseQueryResult } from '@tanstack/react-query';
import type { HistoryEntry } from './history';
import { CHANGED, KEYS_CHANGED } from './topics';

/** What happened to a package, kept current while it is shown. */
export function useHistory(id: string): UseQueryResult<HistoryEntry[], ApiError> {
  const path = `/dcps/${id}/history`;
  useRefetchOn([...CHANGED, ...KEYS_CHANGED, 'dcp.verify', 'dcp.trash', 'dcp.libraries'], [path]);
  return useApiQuery<HistoryEntry[]>(path);
}
