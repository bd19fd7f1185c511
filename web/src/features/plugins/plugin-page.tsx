import { ApiError, type Plugin } from '@lamphouse/sdk';
import { EmptyState, Loadable, Page, Tabs } from '@lamphouse/ui';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Puzzle } from 'lucide-react';
import { t } from '../../lib/messages';
import { pluginQuery } from '../../lib/queries';
import { useUrlState } from '../../lib/url-state';
import { ConfigTab } from './config-tab';
import { GrantsTab } from './grants-tab';
import { LogsTab } from './logs-tab';
import { MetricsTab } from './metrics-tab';
import { OverviewTab } from './overview-tab';
import { PluginActions } from './plugin-actions';
import { PluginStatus } from './plugin-state';

const DEFAULTS = { tab: 'overview' };

export function PluginPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const plugin = useQuery(pluginQuery(id));
  if (plugin.error instanceof ApiError && plugin.error.status === 404) {
    return (
      <Page title={t('plugins.pluginRemoved')}>
        <EmptyState
          icon={Puzzle}
          title={t('plugins.isNotInstalled', { id })}
          message={t('plugins.itWasRemovedOrThe')}
          action={<a href="/plugins">{t('plugins.allPlugins')}</a>}
        />
      </Page>
    );
  }
  const { data } = plugin;
  return (
    <Page
      title={data?.name ?? id}
      subtitle={
        data ? (
          <span className="flex flex-wrap items-center gap-x-3">
            <PluginStatus state={data.state} />
            <span>{data.version}</span>
            <span>{data.publisher}</span>
          </span>
        ) : null
      }
      actions={data ? <PluginActions plugin={data} /> : null}
      fill
    >
      <Loadable query={plugin} rows={10}>
        {(loaded) => <PluginTabs plugin={loaded} />}
      </Loadable>
    </Page>
  );
}

function PluginTabs({ plugin }: { plugin: Plugin }) {
  const [view, setView] = useUrlState(DEFAULTS);
  const missing = plugin.capabilities.filter((capability) => !capability.granted).length;
  return (
    <Tabs
      label={t('plugins.partsOfThePlugin')}
      value={view.tab}
      onChange={(tab) => setView({ tab })}
      tabs={[
        { id: 'overview', label: t('plugins.overview'), content: <OverviewTab plugin={plugin} /> },
        {
          id: 'grants',
          label: t('plugins.grants'),
          ...(missing > 0 ? { count: missing } : {}),
          content: <GrantsTab plugin={plugin} />,
        },
        { id: 'config', label: t('plugins.configuration'), content: <ConfigTab plugin={plugin} /> },
        { id: 'logs', label: t('plugins.logs'), content: <LogsTab plugin={plugin} /> },
        { id: 'metrics', label: t('plugins.metrics'), content: <MetricsTab plugin={plugin} /> },
      ]}
    />
  );
}
