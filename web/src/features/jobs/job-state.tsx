import type { Job, JobState } from '@lamphouse/sdk';
import { Status, type StatusState } from '@lamphouse/ui';
import { t } from '../../lib/messages';

export const JOB_STATES: Record<JobState, { word: string; status: StatusState }> = {
  leased: {
    get word() {
      return t('jobs.running');
    },
    status: 'active',
  },
  blocked: {
    get word() {
      return t('jobs.waiting');
    },
    status: 'paused',
  },
  available: {
    get word() {
      return t('jobs.queued');
    },
    status: 'queued',
  },
  failed: {
    get word() {
      return t('jobs.failed');
    },
    status: 'bad',
  },
  succeeded: {
    get word() {
      return t('jobs.done');
    },
    status: 'ok',
  },
  cancelled: {
    get word() {
      return t('jobs.cancelled');
    },
    status: 'disabled',
  },
};

export const UNFINISHED: readonly JobState[] = ['available', 'leased', 'blocked'];

/** A job between two attempts says so. */
export function JobStatus({ job }: { job: Pick<Job, 'state' | 'attempt'> }) {
  const { word, status } = JOB_STATES[job.state];
  const again = job.state === 'available' && job.attempt > 0;
  return (
    <Status state={again ? 'warn' : status} label={again ? t('jobs.retry', { attempt: job.attempt + 1 }) : word} />
  );
}
