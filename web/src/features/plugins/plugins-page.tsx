import type { Plugin } from '@lamphouse/sdk';
import {
  Button,
  type Column,
  DataTable,
  EmptyState,
  formatCount,
  formatSort,
  Page,
  parseSort,
  SearchField,
  Toolbar,
} from '@lamphouse/ui';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Puzzle, Upload } from 'lucide-react';
import { useState } from 'react';
import { t } from '../../lib/messages';
import { pluginsQuery } from '../../lib/queries';
import { useSession } from '../../lib/session';
import { useUrlState } from '../../lib/url-state';
import { InstallDialog } from './install-dialog';
import { PLUGIN_STATES, PluginStatus } from './plugin-state';

const DEFAULTS = { q: '', sort: 'name' };
const MODES = {
  get inline() {
    return t('plugins.inThePage');
  },
  get frame() {
    return t('plugins.inAFrame');
  },
};

/** Why it is as it is, or what waits for a decision. */
const why = ({ reason, pending_upgrade: upgrade }: Plugin) =>
  reason || (upgrade ? t('plugins.versionWaits', { version: upgrade.version }) : '');

const granted = (plugin: Plugin) => plugin.capabilities.filter((capability) => capability.granted).length;

const COLUMNS: Column<Plugin>[] = [
  {
    id: 'name',
    get header() {
      return t('plugins.plugin');
    },
    value: (plugin) => plugin.name,
    minWidth: 180,
    mobile: 'title',
  },
  {
    id: 'state',
    get header() {
      return t('plugins.state');
    },
    value: (plugin) => PLUGIN_STATES[plugin.state]?.word,
    cell: (plugin) => <PluginStatus state={plugin.state} />,
    width: 148,
    mobile: 'aside',
  },
  {
    id: 'reason',
    get header() {
      return t('plugins.why');
    },
    value: why,
    cell: (plugin) => <span className="text-muted">{why(plugin)}</span>,
    minWidth: 200,
    grow: 2,
    mobile: 'detail',
  },
  {
    id: 'version',
    get header() {
      return t('plugins.version');
    },
    value: (plugin) => plugin.version,
    width: 88,
    mobile: 'detail',
  },
  {
    id: 'publisher',
    get header() {
      return t('plugins.publisher');
    },
    value: (plugin) => plugin.publisher,
    width: 150,
  },
  {
    id: 'grants',
    get header() {
      return t('plugins.grants');
    },
    value: granted,
    cell: (plugin) => `${granted(plugin)}/${plugin.capabilities.length}`,
    width: 80,
    align: 'end',
  },
  {
    id: 'calls',
    get header() {
      return t('plugins.calls');
    },
    value: (plugin) => plugin.metrics.calls,
    cell: (plugin) => formatCount(plugin.metrics.calls),
    width: 88,
    align: 'end',
  },
  {
    id: 'errors',
    get header() {
      return t('plugins.errors');
    },
    value: (plugin) => plugin.metrics.errors,
    cell: (plugin) => formatCount(plugin.metrics.errors),
    width: 80,
    align: 'end',
  },
  {
    id: 'ui',
    get header() {
      return t('plugins.itsPagesRun');
    },
    value: (plugin) => (plugin.ui ? MODES[plugin.ui.mode] : t('plugins.noPages')),
    width: 120,
    hidden: true,
  },
];

export function PluginsPage() {
  const router = useRouter();
  const plugins = useQuery(pluginsQuery);
  const manages = useSession().can('plugins:manage');
  const [view, setView] = useUrlState(DEFAULTS);
  const [installing, setInstalling] = useState(false);
  const install = manages ? (
    <Button variant="primary" icon={Upload} onClick={() => setInstalling(true)}>
      {t('plugins.installPlugin')}
    </Button>
  ) : null;
  return (
    <Page
      title={t('plugins.plugins')}
      subtitle={t('plugins.whatThisHostCanDo')}
      actions={plugins.data?.length ? install : null}
      fill
    >
      <Toolbar label={t('plugins.filterPlugins')}>
        <SearchField value={view.q} onChange={(q) => setView({ q })} placeholder={t('plugins.searchPlugins')} />
      </Toolbar>
      <DataTable
        name="plugins"
        label={t('plugins.plugins')}
        rows={plugins.data ?? []}
        rowId={(plugin) => plugin.id}
        columns={COLUMNS}
        search={view.q}
        onClearFilters={() => setView({ q: '' })}
        sort={parseSort(view.sort)}
        onSortChange={(sort) => setView({ sort: formatSort(sort) })}
        onOpen={(plugin) => router.history.push(`/plugins/${plugin.id}`)}
        loading={plugins.isPending}
        error={plugins.error}
        onRetry={() => void plugins.refetch()}
        empty={
          <EmptyState
            icon={Puzzle}
            title={t('plugins.noPluginsYet')}
            message={t('plugins.everythingThisHostDoesComes')}
            action={install}
          />
        }
      />
      {installing ? <InstallDialog onClose={() => setInstalling(false)} /> : null}
    </Page>
  );
}
