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
import { pluginsQuery } from '../../lib/queries';
import { useSession } from '../../lib/session';
import { useUrlState } from '../../lib/url-state';
import { InstallDialog } from './install-dialog';
import { PLUGIN_STATES, PluginStatus } from './plugin-state';

const DEFAULTS = { q: '', sort: 'name' };
const MODES = { inline: 'In the page', frame: 'In a frame' };

const granted = (plugin: Plugin) => plugin.capabilities.filter((capability) => capability.granted).length;

const COLUMNS: Column<Plugin>[] = [
  { id: 'name', header: 'Plugin', value: (plugin) => plugin.name, minWidth: 180, mobile: 'title' },
  {
    id: 'state',
    header: 'State',
    value: (plugin) => PLUGIN_STATES[plugin.state]?.word,
    cell: (plugin) => <PluginStatus state={plugin.state} />,
    width: 148,
    mobile: 'aside',
  },
  {
    id: 'reason',
    header: 'Why',
    value: (plugin) => plugin.reason,
    cell: (plugin) => <span className="text-muted">{plugin.reason}</span>,
    minWidth: 200,
    grow: 2,
    mobile: 'detail',
  },
  { id: 'version', header: 'Version', value: (plugin) => plugin.version, width: 88, mobile: 'detail' },
  { id: 'publisher', header: 'Publisher', value: (plugin) => plugin.publisher, width: 150 },
  {
    id: 'grants',
    header: 'Grants',
    value: granted,
    cell: (plugin) => `${granted(plugin)}/${plugin.capabilities.length}`,
    width: 80,
    align: 'end',
  },
  {
    id: 'calls',
    header: 'Calls',
    value: (plugin) => plugin.metrics.calls,
    cell: (plugin) => formatCount(plugin.metrics.calls),
    width: 88,
    align: 'end',
  },
  {
    id: 'errors',
    header: 'Errors',
    value: (plugin) => plugin.metrics.errors,
    cell: (plugin) => formatCount(plugin.metrics.errors),
    width: 80,
    align: 'end',
  },
  {
    id: 'ui',
    header: 'Its pages run',
    value: (plugin) => (plugin.ui ? MODES[plugin.ui.mode] : 'No pages'),
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
      Install plugin
    </Button>
  ) : null;
  return (
    <Page
      title="Plugins"
      subtitle="What this host can do, and what each part may touch"
      actions={plugins.data?.length ? install : null}
      fill
    >
      <Toolbar label="Filter plugins">
        <SearchField value={view.q} onChange={(q) => setView({ q })} placeholder="Search plugins" />
      </Toolbar>
      <DataTable
        label="Plugins"
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
            title="No plugins yet"
            message="Everything this host does comes from plugins. Install the first one from its package file."
            action={install}
          />
        }
      />
      {installing ? <InstallDialog onClose={() => setInstalling(false)} /> : null}
    </Page>
  );
}
