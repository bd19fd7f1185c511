import type { Job, JobState } from '@lamphouse/sdk';
import { Status, type StatusState } from '@lamphouse/ui';

export const JOB_STATES: Record<JobState, { word: string; status: StatusState }> = {
  leased: { word: 'Running', status: 'active' },
  blocked: { word: 'Waiting', status: 'paused' },
  available: { word: 'Queued', status: 'queued' },
  failed: { word: 'Failed', status: 'bad' },
  succeeded: { word: 'Done', status: 'ok' },
  cancelled: { word: 'Cancelled', status: 'disabled' },
};

export const UNFINISHED: readonly JobState[] = ['available', 'leased', 'blocked'];

/** A job between two attempts says so. */
export function JobStatus({ job }: { job: Pick<Job, 'state' | 'attempt'> }) {
  const { word, status } = JOB_STATES[job.state];
  const again = job.state === 'available' && job.attempt > 0;
  return <Status state={again ? 'warn' : status} label={again ? `Retry ${job.attempt + 1}` : word} />;
}
