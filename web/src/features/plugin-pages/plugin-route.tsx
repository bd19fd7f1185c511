import { ApiError } from '@lamphouse/sdk';
import { EmptyState, ErrorState, Page, Skeleton } from '@lamphouse/ui';
import { useQuery } from '@tanstack/react-query';
import { useRouterState } from '@tanstack/react-router';
import { CircleQuestionMark, Puzzle } from 'lucide-react';
import { currentPage } from '../../app/shell-pages';
import { t } from '../../lib/messages';
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
    <Page title={t('pluginPages.noSuchPage')}>
      <EmptyState
        icon={CircleQuestionMark}
        title={t('pluginPages.thereIsNoPageAt', { pathname })}
        message={t('pluginPages.theAddressIsWrongThe')}
        action={<a href="/">{t('pluginPages.goToTheDashboard')}</a>}
      />
    </Page>
  );
}

/** The page of a plugin that is removed, stopped, or no longer has it. */
function PluginGone({ plugin }: { plugin: string }) {
  const { data, error, isPending } = useQuery({ ...pluginQuery(plugin), retry: false });
  if (isPending) return <Skeleton rows={6} />;
  const removed = error instanceof ApiError && error.status === 404;
  const title = removed
    ? t('pluginPages.pluginWasRemoved', { plugin })
    : t('pluginPages.doesNotShowThisPage', { name: data?.name ?? plugin });
  const state = data
    ? t('pluginPages.itIs', {
        state: PLUGIN_STATES[data.state]?.word ?? data.state,
        reason: data.reason,
      })
    : '';
  return (
    <Page title={removed ? t('pluginPages.pluginRemoved') : t('pluginPages.pageNotAvailable')}>
      <EmptyState
        icon={Puzzle}
        title={title}
        message={removed ? t('pluginPages.itsPagesWentWithIt') : state || t('pluginPages.yourRoleMayNotSee')}
        action={
          data ? (
            <a href={`/plugins/${plugin}`}>{t('pluginPages.seeThePlugin')}</a>
          ) : (
            <a href="/">{t('pluginPages.goToTheDashboard')}</a>
          )
        }
      />
    </Page>
  );
}
