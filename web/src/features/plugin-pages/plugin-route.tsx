import { ApiError } from '@lamphouse/sdk';
import { EmptyState, ErrorState, Page, Skeleton } from '@lamphouse/ui';
import { useQuery } from '@tanstack/react-query';
import { useRouterState } from '@tanstack/react-router';
import { CircleQuestionMark, Puzzle } from 'lucide-react';
import { currentPage } from '../../app/shell-pages';
import { navigationQuery, pluginQuery } from '../../lib/queries';
import { PLUGIN_STATES } from '../plugins/plugin-state';
import { PluginView } from './plugin-view';

/** Every address that is no page of the shell: a plugin's page, or none. */
export function PluginRoute() {
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const navigation = useQuery(navigationQuery);
  if (navigation.data === undefined) {
    return navigation.error ? (
      <ErrorState error={navigation.error} onRetry={() => void navigation.refetch()} />
    ) : (
      <Skeleton rows={10} />
    );
  }
  const page = currentPage(navigation.data.pages, pathname);
  if (page === null) {
    const plugin = /^\/p\/([a-z0-9-]+)(?:\/|$)/.exec(pathname)?.[1];
    return plugin === undefined ? <NotFound pathname={pathname} /> : <PluginGone plugin={plugin} />;
  }
  return (
    <PluginView
      key={page.entry + page.export}
      plugin={page.plugin}
      entry={page.entry}
      styles={page.styles}
      exported={page.export}
      kind="page"
      title={page.title}
      mode={page.mode}
      basePath={page.path}
    />
  );
}

function NotFound({ pathname }: { pathname: string }) {
  return (
    <Page title="No such page">
      <EmptyState
        icon={CircleQuestionMark}
        title={`There is no page at ${pathname}`}
        message="The address is wrong, the plugin that drew it is gone, or your role does not see it."
        action={<a href="/">Go to the dashboard</a>}
      />
    </Page>
  );
}

/** The page of a plugin that is removed, stopped, or no longer has it. */
function PluginGone({ plugin }: { plugin: string }) {
  const { data, error, isPending } = useQuery({ ...pluginQuery(plugin), retry: false });
  if (isPending) return <Skeleton rows={6} />;
  const removed = error instanceof ApiError && error.status === 404;
  const title = removed ? `Plugin ${plugin} was removed` : `${data?.name ?? plugin} does not show this page now`;
  const state = data
    ? `It is ${PLUGIN_STATES[data.state]?.word.toLowerCase() ?? data.state}. ${data.reason ?? ''}`
    : '';
  return (
    <Page title={removed ? 'Plugin removed' : 'Page not available'}>
      <EmptyState
        icon={Puzzle}
        title={title}
        message={
          removed
            ? 'Its pages went with it. Its data may still be kept on the host.'
            : state || 'Your role may not see it.'
        }
        action={data ? <a href={`/plugins/${plugin}`}>See the plugin</a> : <a href="/">Go to the dashboard</a>}
      />
    </Page>
  );
}
