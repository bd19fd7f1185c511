import { type ApiError, useApiQuery, useEvents, useInvalidate, useRefetchOn } from '@lamphouse/sdk';
import type { UseQueryResult } from '@tanstack/react-query';
import type { PackageDetail } from './package-detail';
import { readChanges } from './package-list';
import { CHANGED } from './topics';

/** All that is known about one package, kept current while it is shown. */
export function usePackage(id: string): UseQueryResult<PackageDetail, ApiError> {
  const path = `/dcps/${id}`;
  const invalidate = useInvalidate();
  useEvents(CHANGED, (event) => {
    if (readChanges(event.data).some((change) => change.id === id)) void invalidate(path);
  });
  useRefetchOn(['dcp.verify'], [path]);
  return useApiQuery<PackageDetail>(path);
}
