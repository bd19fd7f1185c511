import type { Job } from '@lamphouse/sdk';
import { type Column, Duration, RelativeTime } from '@lamphouse/ui';
import { t } from '../../lib/messages';
import { doneText, JobMessage, JobProgressCell } from './job-progress';
import { JOB_STATES, JobStatus } from './job-state';

function runTime(job: Job): number | null {
  if (job.started_at === null) return null;
  return (job.finished_at === null ? Date.now() : Date.parse(job.finished_at)) - Date.parse(job.started_at);
}

export const JOB_COLUMNS: Column<Job>[] = [
  {
    id: 'state',
    get header() {
      return t('jobs.state');
    },
    value: (job) => JOB_STATES[job.state].word,
    cell: (job) => <JobStatus job={job} />,
    width: 116,
    mobile: 'aside',
  },
  {
    id: 'title',
    get header() {
      return t('jobs.job');
    },
    value: (job) => job.title,
    minWidth: 190,
    grow: 2,
    mobile: 'title',
  },
  {
    id: 'progress',
    get header() {
      return t('jobs.progress');
    },
    value: (job) => job.progress.percent,
    cell: (job) => <JobProgressCell job={job} />,
    width: 140,
    searchable: false,
  },
  {
    id: 'message',
    get header() {
      return t('jobs.whatItSays');
    },
    value: (job) => job.error ?? (job.waits_for ? doneText(job.waits_for) : job.progress.message),
    cell: (job) => <JobMessage job={job} />,
    minWidth: 150,
    grow: 2,
    sortable: false,
    mobile: 'detail',
  },
  {
    id: 'plugin',
    get header() {
      return t('jobs.plugin');
    },
    value: (job) => job.plugin,
    width: 136,
  },
  {
    id: 'kind',
    get header() {
      return t('jobs.kind');
    },
    value: (job) => job.kind,
    width: 90,
  },
  {
    id: 'attempt',
    get header() {
      return t('jobs.try');
    },
    value: (job) => job.attempt,
    cell: (job) => `${job.attempt}/${job.max_attempts}`,
    width: 56,
    align: 'end',
  },
  {
    id: 'created',
    get header() {
      return t('jobs.created');
    },
    value: (job) => job.created_at,
    cell: (job) => <RelativeTime at={job.created_at} />,
    width: 104,
    align: 'end',
    mobile: 'detail',
    searchable: false,
  },
  {
    id: 'duration',
    get header() {
      return t('jobs.took');
    },
    value: runTime,
    cell: (job) => {
      const ms = runTime(job);
      return ms === null ? null : <Duration ms={ms} />;
    },
    width: 92,
    align: 'end',
    searchable: false,
  },
  {
    id: 'priority',
    get header() {
      return t('jobs.priority');
    },
    value: (job) => job.priority,
    width: 76,
    align: 'end',
    hidden: true,
  },
  {
    id: 'lane',
    get header() {
      return t('jobs.lane');
    },
    value: (job) => job.lane,
    width: 110,
    hidden: true,
  },
  {
    id: 'id',
    get header() {
      return t('jobs.id');
    },
    value: (job) => job.id,
    width: 290,
    hidden: true,
  },
];
