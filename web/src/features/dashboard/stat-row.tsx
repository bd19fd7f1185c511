import { formatBytes, formatCount, formatDuration, Grid, StatTile } from '@lamphouse/ui';
import { useQuery } from '@tanstack/react-query';
import { jobSummaryQuery, mountsQuery, pluginsQuery, systemQuery } from '../../lib/queries';
import { useSession } from '../../lib/session';

const UNKNOWN = '…';

/** Four numbers that say whether all is well; each leads to its list. */
export function StatRow() {
  const { can } = useSession();
  const jobs = useQuery({ ...jobSummaryQuery, enabled: can('jobs:read') }).data;
  const plugins = useQuery({ ...pluginsQuery, enabled: can('plugins:read') }).data;
  const mounts = useQuery({ ...mountsQuery, enabled: can('mounts:read') }).data;
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
            label="Jobs running"
            value={jobs ? formatCount(jobs.leased) : UNKNOWN}
            hint={jobs ? `${formatCount(jobs.available)} queued, ${formatCount(jobs.blocked)} waiting` : UNKNOWN}
            href="/jobs?state=running"
          />
          <StatTile
            label="Jobs failed"
            value={jobs ? formatCount(failed) : UNKNOWN}
            tone={failed > 0 ? 'bad' : 'neutral'}
            hint={jobs ? (failed > 0 ? 'Each keeps its log' : 'None') : UNKNOWN}
            href="/jobs?state=failed"
          />
        </>
      ) : null}
      {can('plugins:read') ? (
        <StatTile
          label="Plugins healthy"
          value={plugins ? `${healthy}/${plugins.length}` : UNKNOWN}
          tone={plugins && healthy < plugins.length ? 'warn' : 'neutral'}
          hint={system ? `Host up for ${formatDuration(system.uptime_seconds * 1000)}` : UNKNOWN}
          href="/plugins"
        />
      ) : null}
      {can('mounts:read') ? (
        <StatTile
          label="Least free space"
          value={tightest ? formatBytes(tightest.free_bytes ?? 0) : mounts ? 'None' : UNKNOWN}
          hint={tightest ? `On ${tightest.name}` : mounts ? 'No mount is online' : UNKNOWN}
          href="/storage"
        />
      ) : null}
    </Grid>
  );
}
