import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ApiError } from './api-error';
import type { Job, JobProgress } from './api-types';
import { type JobsQuery, usePluginHost, useReadable } from './host';
import { useEvents } from './use-events';

/** The plugin's own jobs, newest first, kept current by events. */
export function useJobs(query: JobsQuery = {}): UseQueryResult<Job[], ApiError> {
  const host = usePluginHost();
  const client = useQueryClient();
  useEvents(['jobs.changed'], (event) => {
    const { plugin } = event.data;
    if (plugin === undefined || plugin === host.plugin.id) void client.invalidateQueries({ queryKey: ['jobs'] });
  });
  return useQuery<Job[], ApiError>({ queryKey: ['jobs', query], queryFn: () => host.jobs(query) });
}

/** The progress of one job; only the component that asks is drawn again. */
export function useJobProgress(id: string): JobProgress | null {
  const host = usePluginHost();
  return useReadable(useMemo(() => host.jobProgress(id), [host, id]));
}
