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
import { t } from '../../lib/messages';
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
      title={job?.title ?? t('jobs.job')}
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
              label={t('jobs.partsOfTheJob')}
              value={tab}
              onChange={onTab}
              tabs={[
                { id: 'overview', label: t('jobs.overview'), content: <Overview job={data} /> },
                { id: 'log', label: t('jobs.log'), count: data.log.length, content: <Log job={data} /> },
                { id: 'data', label: t('jobs.payloadAndResult'), content: <Data job={data} /> },
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
      title: t('jobs.cancelThisJob'),
      message: t('jobs.stopsAtItsNextSafe', { title: job.title }),
      confirmLabel: t('jobs.cancelJob'),
      danger: true,
    };
    if (await confirm(request)) cancel.mutate([job]);
  };
  if (UNFINISHED.includes(job.state)) {
    return (
      <Button size="small" icon={Ban} pending={cancel.isPending} onClick={() => void ask()}>
        {t('jobs.cancelJob')}
      </Button>
    );
  }
  if (job.state === 'succeeded') return null;
  return (
    <Button size="small" icon={RotateCcw} pending={retry.isPending} onClick={() => retry.mutate([job])}>
      {t('jobs.runAgain')}
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
          { label: t('jobs.kind'), value: job.kind },
          {
            label: t('jobs.attempt'),
            value: (
              <Term definition={t('jobs.attemptMeaning')}>
                {t('jobs.of', { attempt: job.attempt, most: job.max_attempts })}
              </Term>
            ),
          },
          {
            label: t('jobs.lane'),
            value: <Term definition={t('jobs.laneMeaning')}>{job.lane}</Term>,
          },
          { label: t('jobs.priority'), value: job.priority },
          { label: t('jobs.created'), value: <DateTime at={job.created_at} /> },
          { label: t('jobs.due'), value: <DateTime at={job.run_at} /> },
          { label: t('jobs.started'), value: <DateTime at={job.started_at} /> },
          { label: t('jobs.finished'), value: <DateTime at={job.finished_at} /> },
          ...(took === null ? [] : [{ label: t('jobs.took'), value: <Duration ms={took} /> }]),
          ...(job.unique_key
            ? [{ label: t('jobs.uniqueKey'), value: <CopyText value={job.unique_key} label={t('jobs.uniqueKey2')} /> }]
            : []),
          { label: t('jobs.id'), value: <CopyText value={job.id} label={t('jobs.jobId')} /> },
        ]}
      />
    </div>
  );
}

function Log({ job }: { job: JobDetail }) {
  if (job.log.length === 0) return <p className="p-4 text-muted">{t('jobs.thisJobHasWrittenNothing')}</p>;
  const lines = job.log.map((line, position) => ({ ...line, id: String(position) }));
  return <LogView label={t('jobs.logOfTheJob')} lines={lines} />;
}

function Data({ job }: { job: JobDetail }) {
  return (
    <div className="flex flex-col gap-4 p-4">
      <h3 className="text-form font-semibold">{t('jobs.payload')}</h3>
      <JsonView value={job.payload} label={t('jobs.payload')} />
      <h3 className="text-form font-semibold">{t('jobs.result')}</h3>
      <JsonView value={job.result} label={t('jobs.result')} />
    </div>
  );
}
