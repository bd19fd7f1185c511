import { type ApiError, useApiQuery, useRefetchOn } from '@lamphouse/sdk';
import type { UseQueryResult } from '@tanstack/react-query';
import type { HistoryEntry } from './history';

/** What happened to a package, kept current while it is shown. */
export function useHistory(id: string): UseQueryResult<HistoryEntry[], ApiError> {
  const path = `/dcps/${id}/history`;
  useRefetchOn(['dcp.changed', 'dcp.verify', 'dcp.kdm', 'dcp.trash', 'dcp.libraries'], [path]);
  return useApiQuery<HistoryEntry[]>(path);
}
