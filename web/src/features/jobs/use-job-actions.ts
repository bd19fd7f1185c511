import type { Job } from '@lamphouse/sdk';
import { api } from '../../lib/api';
import { t } from '../../lib/messages';
import { useAction } from '../../lib/use-action';

const each = (jobs: Job[], verb: 'cancel' | 'retry') =>
  Promise.all(jobs.map(({ id }) => api.post(`/jobs/{id}/${verb}`, { path: { id } })));

export function useCancelJobs() {
  return useAction<Job[]>({
    run: (jobs) => each(jobs, 'cancel'),
    failed: t('jobs.notCancelled'),
    done: (_, jobs) => t('jobs.cancelling', { count: jobs.length }),
    refreshes: [['jobs']],
  });
}

export function useRetryJobs() {
  return useAction<Job[]>({
    run: (jobs) => each(jobs, 'retry'),
    failed: t('jobs.notQueuedAgain'),
    done: (_, jobs) => t('jobs.queuedAgain', { count: jobs.length }),
    refreshes: [['jobs']],
  });
}
