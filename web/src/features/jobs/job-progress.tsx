import { type Job, useReadable } from '@lamphouse/sdk';
import { formatBytes, ProgressBar } from '@lamphouse/ui';
import { useMemo } from 'react';
import { t } from '../../lib/messages';
import { progressOf } from '../../live/progress-store';

/** A running job's bar; only this is drawn again as it moves. */
export function JobProgressCell({ job }: { job: Job }) {
  const live = useReadable(useMemo(() => progressOf(job.id), [job.id]));
  if (job.state === 'succeeded' || job.state === 'cancelled' || job.state === 'available') return null;
  const progress = live ?? job.progress;
  const tone = job.state === 'failed' ? 'bad' : 'active';
  if (job.waits_for?.total_bytes) {
    const percent = (100 * job.waits_for.done_bytes) / job.waits_for.total_bytes;
    return (
      <ProgressBar percent={live?.percent ?? percent} label={t('jobs.progressOf', { title: job.title })} tone={tone} />
    );
  }
  if (progress.percent === null && job.state !== 'leased') return null;
  return <ProgressBar percent={progress.percent} label={t('jobs.progressOf', { title: job.title })} tone={tone} />;
}

/** How far what a job waits for has come. */
export function doneText({ kind, done_bytes, total_bytes }: NonNullable<Job['waits_for']>): string {
  const done = formatBytes(done_bytes);
  return total_bytes === 0 ? `${kind}: ${done}` : t('jobs.doneOf', { kind, done, total: formatBytes(total_bytes) });
}

/** What a job says of itself right now. */
export function JobMessage({ job }: { job: Job }) {
  const live = useReadable(useMemo(() => progressOf(job.id), [job.id]));
  if (job.state === 'failed') return <span className="text-bad">{job.error}</span>;
  const { waits_for: waits } = job;
  if (waits) {
    return <span className="text-muted">{doneText(waits)}</span>;
  }
  const message = (live ?? job.progress)?.message ?? job.error;
  return <span className="text-muted">{message}</span>;
}
