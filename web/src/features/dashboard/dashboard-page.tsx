import { Grid, Page } from '@lamphouse/ui';
import { useQuery } from '@tanstack/react-query';
import { t } from '../../lib/messages';
import { navigationQuery, systemQuery } from '../../lib/queries';
import { useSession } from '../../lib/session';
import { SlotCard } from '../plugin-pages/slot-card';
import { AttentionCard } from './attention-card';
import { MountsCard } from './mounts-card';
import { PluginsCard } from './plugins-card';
import { RunningCard } from './running-card';
import { StatRow } from './stat-row';

export function DashboardPage() {
  const { can } = useSession();
  const { data: system } = useQuery(systemQuery);
  const { data: navigation } = useQuery(navigationQuery);
  const cards = (navigation?.slots ?? [])
    .filter((slot) => slot.slot === 'dashboard.card')
    .sort((a, b) => a.order - b.order);
  return (
    <Page
      title={t('dashboard.dashboard')}
      subtitle={
        system
          ? t('dashboard.version', { site: system.site_name || t('dashboard.thisHost'), version: system.version })
          : null
      }
    >
      <StatRow />
      <Grid columns={2}>
        {can('notices:read') ? <AttentionCard /> : null}
        {can('jobs:read') ? <RunningCard /> : null}
        {cards.map((slot) => (
          <SlotCard key={`${slot.plugin}/${slot.export}`} slot={slot} />
        ))}
        {can('plugins:read') ? <PluginsCard /> : null}
        {can('mounts:read') ? <MountsCard /> : null}
      </Grid>
    </Page>
  );
}
