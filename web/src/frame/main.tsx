import '../styles.css';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { language, type PluginHost, PluginHostProvider, readPluginModule, setLanguage } from '@lamphouse/sdk';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ComponentType, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { PluginBoundary } from '../features/plugin-pages/plugin-boundary';
import { t } from '../lib/messages';
import { createFrameHost } from './frame-host';
import type { FrameMessage, FrameStart, ShellMessage } from './protocol';

/** Runs inside the sandboxed frame: waits for the port, loads the plugin, draws its page. */
const root = document.getElementById('root') ?? document.body.appendChild(document.createElement('main'));

function followAppearance(host: PluginHost): void {
  const apply = () => {
    const { theme, density } = host.appearance.get();
    document.documentElement.dataset.theme = theme;
    document.documentElement.dataset.density = density;
  };
  apply();
  host.appearance.subscribe(apply);
}

/** Draws in the shell's language, and anew when that changes. */
async function followLanguage(host: PluginHost, render: () => void): Promise<void> {
  const wanted = () => host.appearance.get().language;
  await setLanguage(wanted());
  render();
  host.appearance.subscribe(() => {
    if (wanted() !== language()) void setLanguage(wanted()).then(render);
  });
}

/** The shell's own keys and links work inside the frame too. */
function forwardInput(send: (message: FrameMessage) => void, host: PluginHost): void {
  window.addEventListener('keydown', (event) => {
    const typing = event.target instanceof HTMLElement && event.target.matches('input, textarea, select');
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      send({ type: 'key', key: 'palette' });
    } else if (event.key === 'F6') {
      event.preventDefault();
      send({ type: 'key', key: 'region' });
    } else if (event.key === '?' && !typing) send({ type: 'key', key: 'shortcuts' });
  });
  window.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href]') : null;
    const target = link?.getAttribute('href');
    if (event.defaultPrevented || !target?.startsWith(`${host.plugin.basePath}/`)) return;
    event.preventDefault();
    host.navigate(target.slice(host.plugin.basePath.length), { replace: false });
  });
}

async function draw(port: MessagePort, start: FrameStart): Promise<void> {
  const host = createFrameHost(port, start);
  const send = (message: FrameMessage) => port.postMessage(message);
  followAppearance(host);
  forwardInput(send, host);
  const { pages, slots } = readPluginModule(await import(/* @vite-ignore */ start.entry));
  const Component: ComponentType | undefined = (start.kind === 'page' ? pages : slots)[start.exported];
  if (Component === undefined) throw new Error(`its definePlugin() has no ${start.kind} named ${start.exported}`);
  if (start.kind === 'slot')
    new ResizeObserver(() => send({ type: 'height', px: Math.ceil(root.scrollHeight) })).observe(root);
  else root.className = 'h-dvh overflow-y-auto';
  const queries = new QueryClient();
  const drawn = createRoot(root);
  const render = () =>
    drawn.render(
      <StrictMode>
        <CSPProvider key={language()} disableStyleElements>
          <PluginBoundary plugin={start.plugin.id} {...(start.kind === 'page' ? { title: start.plugin.name } : {})}>
            <PluginHostProvider value={host}>
              <QueryClientProvider client={queries}>
                <Component />
              </QueryClientProvider>
            </PluginHostProvider>
          </PluginBoundary>
        </CSPProvider>
      </StrictMode>,
    );
  await followLanguage(host, render);
}

function fail(error: unknown): void {
  root.setAttribute('role', 'alert');
  root.textContent = t('pluginPages.pageDidNotStart', {
    reason: error instanceof Error ? error.message : String(error),
  });
}

window.addEventListener('message', function receive({ source, data, ports }: MessageEvent<unknown>) {
  const port = ports[0];
  if (source !== window.parent || data !== 'lamphouse:port' || port === undefined) return;
  window.removeEventListener('message', receive);
  port.onmessage = ({ data: first }: MessageEvent<ShellMessage>) => {
    if (first.type === 'start') draw(port, first).catch(fail);
  };
});
window.parent.postMessage('lamphouse:ready', '*');
