/**
 * The library without a host: `npm run dev` in the folder above. The address chooses the world:
 * `?theme=light`, `?language=de`, `?count=40`, `?world=empty|unmounted|revoked|failing`, `?page=card|findings|keys|storage|trash`.
 */
import '../../../../web/packages/ui/src/styles.css';
import './shell.css';
import { type ApiResponse, type Language, type LiveEvent, PluginHostProvider, setLanguage } from '@lamphouse/sdk';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import plugin from '../index';
import { makeHost } from './host';
import { makeServer } from './server';
import { makePackages } from './world';

const choice = new URLSearchParams(window.location.search);
const theme = choice.get('theme') === 'light' ? 'light' : 'dark';
const world = choice.get('world') ?? 'full';
const nowMs = Date.now();
const rows = makePackages(world === 'empty' || world === 'unmounted' ? 0 : Number(choice.get('count') ?? 9030), nowMs);

const REVOKED = [
  {
    name: 'library',
    online: true,
    granted: false,
    reason: 'The right to read `library` was taken back; an admin can grant it again.',
    packages: 6748,
  },
  {
    name: 'library-archive',
    online: false,
    granted: true,
    reason: '`library-archive` is offline: its folder is not there',
    packages: 2282,
  },
];
const MOUNTS = { revoked: REVOKED, unmounted: [] }[world];
const FAILURE: ApiResponse = {
  status: 503,
  body: {
    code: 'plugin_not_running',
    message: 'The plugin dcp-library is not running. Enable it under Plugins.',
    request_id: 'r-41',
  },
  link: null,
  total: null,
};

const listeners: ((event: LiveEvent) => void)[] = [];
const server = makeServer({
  rows,
  nowMs,
  emit: (event) => {
    for (const listener of listeners) listener(event);
  },
  ...(MOUNTS ? { mounts: MOUNTS } : {}),
  ...(world === 'failing' ? { failure: FAILURE } : {}),
});
const { host, emit } = makeHost({ permissions: ['*'], theme, basePath: '' }, server.transport, server.jobs);
listeners.push(emit);

document.documentElement.dataset.theme = theme;
const shown = choice.get('page') ?? 'library';
const Shown = shown === 'card' ? plugin.slots.summary : plugin.pages[shown];
const root = document.getElementById('root');
await setLanguage((choice.get('language') ?? 'en') as Language);
if (root !== null && Shown !== undefined) {
  createRoot(root).render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <PluginHostProvider value={host}>
        <main className={choice.get('page') === 'card' ? 'mock-card' : 'mock-page'}>
          <Shown />
        </main>
      </PluginHostProvider>
    </QueryClientProvider>,
  );
}
