/** A shell of the least size: the address bar, events and permissions that a page needs. */
import {
  type Appearance,
  type Connection,
  createCell,
  type Job,
  type LiveEvent,
  type PluginHost,
  type PluginLocation,
  type Session,
  type Transport,
  topicMatches,
} from '@lamphouse/sdk';

export interface MockHost {
  host: PluginHost;
  emit: (event: LiveEvent) => void;
}

export interface MockHostOptions {
  permissions: readonly string[];
  theme: Appearance['theme'];
  /** Where the page lives in the address, without a slash at its end. */
  basePath: string;
}

interface Subscription {
  topics: readonly string[];
  handler: (event: LiveEvent) => void;
}

function locationOf(basePath: string): PluginLocation {
  const { pathname, search, hash } = window.location;
  return { path: pathname.slice(basePath.length) || '/', search, hash };
}

export function makeHost(options: MockHostOptions, transport: Transport, jobs: () => Job[]): MockHost {
  const { basePath } = options;
  const subscriptions = new Set<Subscription>();
  const location = createCell(locationOf(basePath));
  const user = { id: 'user-1', username: 'operator', role: 'admin', is_admin: true };
  window.addEventListener('popstate', () => location.set(locationOf(basePath)));
  const host: PluginHost = {
    plugin: { id: 'dcp-library', name: 'DCP library', mode: 'inline', basePath },
    transport,
    location,
    session: createCell<Session>({ user, permissions: options.permissions }),
    appearance: createCell<Appearance>({ theme: options.theme, density: 'default', language: 'en' }),
    connection: createCell<Connection>({ status: 'live', since: Date.now() }),
    jobs: async () => jobs(),
    jobProgress: () => createCell(null),
    subscribe: (topics, handler) => {
      const subscription = { topics, handler };
      subscriptions.add(subscription);
      return () => subscriptions.delete(subscription);
    },
    navigate: (to, { replace }) => {
      const address = (basePath + to).replace(/\/(?=\?|$)/, '') || '/';
      window.history[replace ? 'replaceState' : 'pushState'](null, '', address);
      location.set(locationOf(basePath));
    },
    toast: (request) => console.info(request.title, request.message ?? '', request.action?.label ?? ''),
    confirm: async () => true,
  };
  const emit = (event: LiveEvent) => {
    for (const { topics, handler } of [...subscriptions]) {
      if (topics.some((topic) => topicMatches(topic, event.type))) handler(event);
    }
  };
  return { host, emit };
}
