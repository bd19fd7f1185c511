/** A verification as live events and the job list tell it. */
import type { Job } from '@lamphouse/sdk';

export interface Verification {
  id: string;
  running: boolean;
}

const ENDED: readonly string[] = ['done', 'failed', 'cancelled'];

/** Reads an event of the topic `dcp.verify`; null for anything else. */
export function readVerification(data: Record<string, unknown>): Verification | null {
  const { id, state } = data;
  if (typeof id !== 'string') return null;
  return { id, running: !(typeof state === 'string' && ENDED.includes(state)) };
}

/** The job that verifies this package now, if there is one. */
export function jobOf(jobs: readonly Job[], packageId: string): Job | null {
  return jobs.find((job) => job.kind === 'verify' && (job.unique_key ?? '').includes(packageId)) ?? null;
}

/** How far the job is, 0 to 100: by the bytes the host has hashed, else by what the plugin says. */
export function percentOf(job: Job | null): number | null {
  const { done_bytes: done, total_bytes: total } = job?.waits_for ?? { done_bytes: 0, total_bytes: null };
  if (total !== null && total > 0) return Math.min(100, (done / total) * 100);
  return job?.progress?.percent ?? null;
}

/** The file or asset that is being hashed, as the host names it. */
export function currentOf(job: Job | null): string | null {
  return job?.waits_for?.current ?? null;
}
