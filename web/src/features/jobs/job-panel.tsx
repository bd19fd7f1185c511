import type { Job, JobDetail } from '@lamphouse/sdk';
import {
  Button,
  CopyText,
  DateTime,
  DetailPanel,
  Duration,
  JsonView,
  KeyValueList,
  Loadable,
  LogView,
  Skeleton,
  Tabs,
  Term,
} from '@lamphouse/ui';
import { useQuery } from '@tanstack/react-query';
import { Ban, RotateCcw } from 'lucide-react';
import { confirm } from '../../lib/confirm';
import { jobQuery } from '../../lib/queries';
import { useSession } from '../../lib/session';
import { JobMessage, JobProgressCell } from './job-progress';
import { JobStatus, UNFINISHED } from './job-state';
import { useCancelJobs, useRetryJobs } from './use-job-actions';

export interface JobPanelProps {
  id: string;
  tab: string;
  onTab: (tab: string) => void;
  onClose: () => void;
  onPrevious?: () => void;
  onNext?: () => void;
}

export function JobPanel({ id, tab, onTab, ...panel }: JobPanelProps) {
  const query = useQuery(jobQuery(id));
  const job = query.data;
  return (
    <DetailPanel
      title={job?.title ?? 'Job'}
      subtitle={job ? <a href={`/plugins/${job.plugin}`}>{job.plugin}</a> : null}
      status={job ? <JobStatus job={job} /> : null}
      actions={job ? <JobActions job={job} /> : null}
      {...panel}
    >
      {job === undefined && query.isPending ? (
        <Skeleton rows={8} />
      ) : (
        <Loadable query={query}>
          {(data) => (
            <Tabs
              label="Parts of the job"
              value={tab}
              onChange={onTab}
              tabs={[
                { id: 'overview', label: 'Overview', content: <Overview job={data} /> },
                { id: 'log', label: 'Log', count: data.log.length, content: <Log job={data} /> },
                { id: 'data', label: 'Payload and result', content: <Data job={data} /> },
              ]}
            />
          )}
        </Loadable>
      )}
    </DetailPanel>
  );
}

function JobActions({ job }: { job: Job }) {
  const { can } = useSession();
  const cancel = useCancelJobs();
  const retry = useRetryJobs();
  if (!can('jobs:manage')) return null;
  const ask = async () => {
    const request = {
      title: 'Cancel this job?',
      message: `“${job.title}” stops at its next safe point. What it has finished stays.`,
      confirmLabel: 'Cancel job',
      danger: true,
    };
    if (await confirm(request)) cancel.mutate([job]);
  };
  if (UNFINISHED.includes(job.state)) {
    return (
      <Button size="small" icon={Ban} pending={cancel.isPending} onClick={() => void ask()}>
        Cancel job
      </Button>
    );
  }
  if (job.state === 'succeeded') return null;
  return (
    <Button size="small" icon={RotateCcw} pending={retry.isPending} onClick={() => retry.mutate([job])}>
      Run again
    </Button>
  );
}

function Overview({ job }: { job: JobDetail }) {
  const took = job.started_at && job.finished_at ? Date.parse(job.finished_at) - Date.parse(job.started_at) : null;
  return (
    <div className="flex flex-col gap-4 p-4">
      {job.error ? (
        <p className="lh-tint lh-tone-bad rounded-control px-3 py-2 font-mono text-small break-words">{job.error}</p>
      ) : null}
      <JobProgressCell job={job} />
      {job.error ? null : <JobMessage job={job} />}
      {job.waits_for?.current ? (
        <p className="truncate font-mono text-small text-muted">{job.waits_for.current}</p>
      ) : null}
      <KeyValueList
        items={[
          { label: 'Kind', value: job.kind },
          {
            label: 'Attempt',
            value: (
              <Term definition="A failed attempt is tried again after a wait that grows; after the last one the job counts as failed.">
                {job.attempt} of {job.max_attempts}
              </Term>
            ),
          },
          {
            label: 'Lane',
            value: (
              <Term definition="Jobs of one lane share a limit of how many run at the same time.">{job.lane}</Term>
            ),
          },
          { label: 'Priority', value: job.priority },
          { label: 'Created', value: <DateTime at={job.created_at} /> },
          { label: 'Due', value: <DateTime at={job.run_at} /> },
          { label: 'Started', value: <DateTime at={job.started_at} /> },
          { label: 'Finished', value: <DateTime at={job.finished_at} /> },
          ...(took === null ? [] : [{ label: 'Took', value: <Duration ms={took} /> }]),
          ...(job.unique_key
            ? [{ label: 'Unique key', value: <CopyText value={job.unique_key} label="unique key" /> }]
            : []),
          { label: 'Id', value: <CopyText value={job.id} label="job id" /> },
        ]}
      />
    </div>
  );
}

function Log({ job }: { job: JobDetail }) {
  if (job.log.length === 0) return <p className="p-4 text-muted">This job has written nothing.</p>;
  const lines = job.log.map((line, position) => ({ ...line, id: String(position) }));
  return <LogView label="Log of the job" lines={lines} />;
}

function Data({ job }: { job: JobDetail }) {
  return (
    <div className="flex flex-col gap-4 p-4">
      <h3 className="text-form font-semibold">Payload</h3>
      <JsonView value={job.payload} label="Payload" />
      <h3 className="text-form font-semibold">Result</h3>
      <JsonView value={job.result} label="Result" />
    </div>
  );
}
