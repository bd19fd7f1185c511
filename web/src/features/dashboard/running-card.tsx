import { EmptyState, Loadable, Section } from '@lamphouse/ui';
import { useQuery } from '@tanstack/react-query';
import { Activity } from 'lucide-react';
import { t } from '../../lib/messages';
import { runningJobsQuery } from '../../lib/queries';
import { JobMessage, JobProgressCell } from '../jobs/job-progress';
import { JobStatus, UNFINISHED } from '../jobs/job-state';

export function RunningCard() {
  const jobs = useQuery({
    ...runningJobsQuery,
    select: (list) => list.filter((job) => UNFINISHED.includes(job.state)),
  });
  return (
    <Section
      title={t('dashboard.runningNow')}
      flush
      actions={
        <a href="/jobs" className="px-2 text-body">
          {t('dashboard.allJobs')}
        </a>
      }
    >
      <Loadable
        query={jobs}
        empty={
          <EmptyState
            icon={Activity}
            title={t('dashboard.nothingIsRunning')}
            message={t('dashboard.workThatPluginsQueueShows')}
          />
        }
      >
        {(list) => (
          <ul className="divide-y divide-line">
            {list.map((job) => (
              <li key={job.id} className="relative flex flex-col gap-1 px-4 py-2 has-[a:hover]:bg-raised">
                <span className="flex items-center gap-3">
                  <a
                    href={`/jobs?job=${job.id}`}
                    className="min-w-0 flex-1 truncate font-medium text-fg! no-underline after:absolute after:inset-0"
                  >
                    {job.title}
                  </a>
                  <JobStatus job={job} />
                </span>
                <span className="flex items-center gap-4">
                  <span className="min-w-0 flex-1 truncate text-small">
                    <JobMessage job={job} />
                  </span>
                  <span className="w-36 shrink-0">
                    <JobProgressCell job={job} />
                  </span>
                </span>
              </li>
            ))}
          </ul>
        )}
      </Loadable>
    </Section>
  );
}
