import { formatCount } from '@lamphouse/ui';
import { useQuery } from '@tanstack/react-query';
import { Activity } from 'lucide-react';
import { t } from '../lib/messages';
import { jobSummaryQuery } from '../lib/queries';
import { useSession } from '../lib/session';

/** How many jobs run now; leads to them. */
export function JobsButton() {
  const allowed = useSession().can('jobs:read');
  const { data } = useQuery({ ...jobSummaryQuery, enabled: allowed });
  if (!allowed) return null;
  const running = data?.leased ?? 0;
  return (
    <a
      href="/jobs"
      aria-label={t('app.jobsRunning', { running })}
      title={t('app.jobsRunning', { running })}
      className="lh-touch hidden h-8 min-w-8 items-center justify-center gap-1 rounded-control px-1.5 text-muted! no-underline hover:bg-raised hover:text-fg! md:inline-flex"
    >
      <Activity size={16} aria-hidden />
      {running > 0 ? <span className="text-small font-medium text-fg">{formatCount(running)}</span> : null}
    </a>
  );
}
