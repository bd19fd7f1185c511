import type { Job } from '@lamphouse/sdk';
import { api } from '../../lib/api';
import { useAction } from '../../lib/use-action';

const each = (jobs: Job[], verb: 'cancel' | 'retry') =>
  Promise.all(jobs.map(({ id }) => api.post(`/jobs/{id}/${verb}`, { path: { id } })));

const count = (jobs: Job[]) => (jobs.length === 1 ? '1 job' : `${jobs.length} jobs`);

export function useCancelJobs() {
  return useAction<Job[]>({
    run: (jobs) => each(jobs, 'cancel'),
    failed: 'Not cancelled',
    done: (_, jobs) => `Cancelling ${count(jobs)}`,
    refreshes: [['jobs']],
  });
}

export function useRetryJobs() {
  return useAction<Job[]>({
    run: (jobs) => each(jobs, 'retry'),
    failed: 'Not queued again',
    done: (_, jobs) => `Queued ${count(jobs)} again`,
    refreshes: [['jobs']],
  });
}
