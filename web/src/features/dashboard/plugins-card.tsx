import { EmptyState, Loadable, Section } from '@lamphouse/ui';
import { useQuery } from '@tanstack/react-query';
import { Puzzle } from 'lucide-react';
import { t } from '../../lib/messages';
import { pluginsQuery } from '../../lib/queries';
import { PluginStatus } from '../plugins/plugin-state';

export function PluginsCard() {
  const plugins = useQuery(pluginsQuery);
  return (
    <Section title={t('dashboard.plugins')} flush>
      <Loadable
        query={plugins}
        empty={
          <EmptyState
            icon={Puzzle}
            title={t('dashboard.noPluginsYet')}
            message={t('dashboard.everythingThisHostDoesComes')}
            action={<a href="/plugins">{t('dashboard.installAPlugin')}</a>}
          />
        }
      >
        {(list) => (
          <ul className="divide-y divide-line">
            {list.map((plugin) => (
              <li
                key={plugin.id}
                className="relative flex min-h-9 items-center gap-3 px-4 py-1.5 has-[a:hover]:bg-raised"
              >
                <a
                  href={`/plugins/${plugin.id}`}
                  className="min-w-0 flex-1 truncate font-medium text-fg! no-underline after:absolute after:inset-0"
                >
                  {plugin.name}
                </a>
                <span className="hidden shrink-0 text-muted md:inline">{plugin.version}</span>
                <span className="flex w-36 shrink-0">
                  <PluginStatus state={plugin.state} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </Loadable>
    </Section>
  );
}
