import { type PluginDefinition, PluginHostProvider } from '@lamphouse/sdk';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, type RenderResult, render } from '@testing-library/react';
import { createMockHost, type MockHost, type MockHostOptions } from './mock-host';

export type RenderPluginOptions = MockHostOptions & ({ page: string; slot?: never } | { slot: string; page?: never });

export type PluginView = RenderResult & Omit<MockHost, 'host'>;

/** Draws one page or slot of a plugin on a mock host. */
export function renderPlugin(plugin: PluginDefinition, options: RenderPluginOptions): PluginView {
  const name = options.page ?? options.slot ?? '';
  const Component = (options.page === undefined ? plugin.slots : plugin.pages)[name];
  if (Component === undefined) throw new Error(`the plugin has no page or slot named ${name}`);
  const { host, ...mock } = createMockHost(options);
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const view = render(
    <PluginHostProvider value={host}>
      <QueryClientProvider client={client}>
        <Component />
      </QueryClientProvider>
    </PluginHostProvider>,
  );
  return {
    ...view,
    ...mock,
    emit: (type, data) => act(() => mock.emit(type, data)),
    setConnection: (status) => act(() => mock.setConnection(status)),
  };
}
