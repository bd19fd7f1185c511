import { formatBytes, formatCount, formatDuration, Grid, StatTile } from '@lamphouse/ui';
import { useQuery } from '@tanstack/react-query';
import { t } from '../../lib/messages';
import { jobSummaryQuery, mountsQuery, pluginsQuery, systemQuery } from '../../lib/queries';
import { useSession } from '../../lib/session';

/** In the place of a number: not there yet, or not to be had. */
const unknown = ({ isError }: { isError: boolean }) => (isError ? '–' : '…');
const why = ({ isError }: { isError: boolean }) => (isError ? t('dashboard.notLoaded') : '…');

/** Four numbers that say whether all is well; each leads to its list. */
export function StatRow() {
  const { can } = useSession();
  const jobsAsked = useQuery({ ...jobSummaryQuery, enabled: can('jobs:read') });
  const pluginsAsked = useQuery({ ...pluginsQuery, enabled: can('plugins:read') });
  const mountsAsked = useQuery({ ...mountsQuery, enabled: can('mounts:read') });
  const [jobs, plugins, mounts] = [jobsAsked.data, pluginsAsked.data, mountsAsked.data];
  const system = useQuery(systemQuery).data;
  const healthy = plugins?.filter((plugin) => plugin.state === 'healthy').length ?? 0;
  const online = mounts?.filter((mount) => mount.status === 'online') ?? [];
  const tightest = online
    .filter((mount) => mount.free_bytes !== null)
    .sort((a, b) => (a.free_bytes ?? 0) - (b.free_bytes ?? 0))[0];
  const failed = jobs?.failed ?? 0;
  return (
    <Grid columns={4}>
      {can('jobs:read') ? (
        <>
          <StatTile
            label={t('dashboard.jobsRunning')}
            value={jobs ? formatCount(jobs.leased) : unknown(jobsAsked)}
            hint={
              jobs
                ? t('dashboard.queuedWaiting', {
                    available: formatCount(jobs.available),
                    blocked: formatCount(jobs.blocked),
                  })
                : why(jobsAsked)
            }
            href="/jobs?state=running"
          />
          <StatTile
            label={t('dashboard.jobsFailed')}
            value={jobs ? formatCount(failed) : unknown(jobsAsked)}
            tone={failed > 0 ? 'bad' : 'neutral'}
            hint={jobs ? (failed > 0 ? t('dashboard.eachKeepsItsLog') : t('dashboard.none')) : why(jobsAsked)}
            href="/jobs?state=failed"
          />
        </>
      ) : null}
      {can('plugins:read') ? (
        <StatTile
          label={t('dashboard.pluginsHealthy')}
          value={plugins ? `${healthy}/${plugins.length}` : unknown(pluginsAsked)}
          tone={plugins && healthy < plugins.length ? 'warn' : 'neutral'}
          hint={
            system
              ? t('dashboard.hostUpFor', { time: formatDuration(system.uptime_seconds * 1000) })
              : why(pluginsAsked)
          }
          href="/plugins"
        />
      ) : null}
      {can('mounts:read') ? (
        <StatTile
          label={t('dashboard.leastFreeSpace')}
          value={tightest ? formatBytes(tightest.free_bytes ?? 0) : mounts ? t('dashboard.none') : unknown(mountsAsked)}
          hint={
            tightest
              ? t('dashboard.on', { name: tightest.name })
              : mounts
                ? t('dashboard.noMountIsOnline')
                : why(mountsAsked)
          }
          href="/storage"
        />
      ) : null}
    </Grid>
  );
}
