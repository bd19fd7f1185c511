import { PluginHostProvider } from '@lamphouse/sdk';
import { Skeleton } from '@lamphouse/ui';
import { QueryClientProvider } from '@tanstack/react-query';
import { Suspense, use } from 'react';
import { PluginBoundary } from './plugin-boundary';
import { loadPlugin } from './plugin-module';
import { pluginQueryClient } from './plugin-queries';
import type { PluginViewProps } from './plugin-view';
import { useInlineHost } from './use-inline-host';

function Loaded({ entry, styles, exported, kind }: Pick<PluginViewProps, 'entry' | 'styles' | 'exported' | 'kind'>) {
  const { pages, slots } = use(loadPlugin(entry, styles));
  const Component = (kind === 'page' ? pages : slots)[exported];
  if (Component === undefined) throw new Error(`its definePlugin() has no ${kind} named ${exported}`);
  return <Component />;
}

/** A plugin's page or slot, run in the shell's own page. */
export function InlineView({ plugin, entry, styles, exported, kind, title, basePath }: PluginViewProps) {
  const host = useInlineHost(plugin, basePath);
  return (
    <PluginBoundary plugin={plugin} {...(kind === 'page' ? { title } : {})}>
      <PluginHostProvider value={host}>
        <QueryClientProvider client={pluginQueryClient(plugin)}>
          <Suspense fallback={<Skeleton rows={8} />}>
            <Loaded entry={entry} styles={styles} exported={exported} kind={kind} />
          </Suspense>
        </QueryClientProvider>
      </PluginHostProvider>
    </PluginBoundary>
  );
}
