import { type ApiError, useApiQuery, useRefetchOn } from '@lamphouse/sdk';
import type { UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { FindingTotal, Storage } from './overview';
import { CHANGED } from './topics';

const TOPICS = [...CHANGED, 'dcp.verify', 'dcp.scan', 'dcp.libraries'];

/** What was found in all packages. */
export function useFindings(): UseQueryResult<FindingTotal[], ApiError> {
  useRefetchOn(TOPICS, ['/dcps/findings']);
  return useApiQuery<FindingTotal[]>('/dcps/findings');
}

/** Where the space goes. */
export function useStorage(): UseQueryResult<Storage, ApiError> {
  useRefetchOn([...TOPICS, 'mounts.changed'], ['/dcps/storage']);
  return useApiQuery<Storage>('/dcps/storage');
}

/** The packages with a finding; none while that is asked. */
export function useFound(code: string): ReadonlySet<string> {
  const query = useApiQuery<FindingTotal[]>('/dcps/findings', { query: { code }, enabled: code !== '' });
  return useMemo(() => new Set(query.data?.flatMap((each) => each.package_ids ?? [])), [query.data]);
}
