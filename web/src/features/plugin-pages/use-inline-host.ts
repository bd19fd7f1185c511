import type { PluginHost, PluginLocation, Readable, Session } from '@lamphouse/sdk';
import { type AnyRouter, useRouter } from '@tanstack/react-router';
import { useMemo } from 'react';
import { api, hostTransport } from '../../lib/api';
import { confirm } from '../../lib/confirm';
import { appearance } from '../../lib/preferences';
import { queryClient } from '../../lib/query-client';
import { toast } from '../../lib/toasts';
import { connection, subscribeEvents } from '../../live/live-hub';
import { progressOf } from '../../live/progress-store';

/** The part of the address below `basePath`. */
export function locationBelow(
  basePath: string,
  { pathname, search, hash }: { pathname: string; search: string; hash: string },
): PluginLocation {
  const below = pathname.startsWith(basePath) ? pathname.slice(basePath.length) : '';
  return { path: below === '' ? '/' : below, search, hash };
}

function readLocation(router: AnyRouter, basePath: string): Readable<PluginLocation> {
  const { history } = router;
  const read = () => locationBelow(basePath, history.location);
  let last = read();
  return {
    get: () => {
      const next = read();
      if (next.path !== last.path || next.search !== last.search || next.hash !== last.hash) last = next;
      return last;
    },
    subscribe: (listener) => history.subscribe(listener),
  };
}

const session: Readable<Session> = {
  get: () => queryClient.getQueryData<Session>(['session']) ?? NOBODY,
  subscribe: (listener) =>
    queryClient.getQueryCache().subscribe(({ query }) => (query.queryKey[0] === 'session' ? listener() : undefined)),
};
const NOBODY: Session = { user: { id: '', username: '', role: '', is_admin: false }, permissions: [] };

/** `/` below the mount is the mount itself. */
export function hrefBelow(basePath: string, to: string): string {
  return basePath + (to === '/' ? '' : to.replace(/^\/(?=[?#])/, ''));
}

/** The plugin's own jobs by the host's list. */
export function listPluginJobs(plugin: string): PluginHost['jobs'] {
  return async ({ states, kinds, limit }) => {
    // The host takes one kind; of several it is asked for all.
    const kind = kinds?.length === 1 ? kinds[0] : null;
    const jobs = await api.get('/jobs', { query: { plugin, state: states?.join(','), kind, limit } });
    return kinds?.length ? jobs.filter((job) => kinds.includes(job.kind)) : jobs;
  };
}

/** What an inline page has of the shell. */
export function useInlineHost(plugin: string, basePath: string): PluginHost {
  const router = useRouter();
  return useMemo(
    (): PluginHost => ({
      plugin: { id: plugin, name: plugin, mode: 'inline', basePath },
      transport: hostTransport(`/p/${encodeURIComponent(plugin)}`),
      location: readLocation(router, basePath),
      session,
      appearance,
      connection,
      jobs: listPluginJobs(plugin),
      jobProgress: progressOf,
      subscribe: subscribeEvents,
      navigate: (to, { replace }) => {
        const href = hrefBelow(basePath, to);
        if (replace) router.history.replace(href);
        else router.history.push(href);
      },
      toast,
      confirm,
    }),
    [plugin, basePath, router],
  );
}
