import { QueryClient } from '@tanstack/react-query';
import { worthRetry } from '../../lib/query-client';
import { onResync } from '../../live/live-hub';

const clients = new Map<string, QueryClient>();

onResync(() => {
  for (const client of clients.values()) void client.invalidateQueries();
});

/** A cache for each plugin: keys cannot collide, and a page finds its data again when the reader returns. */
export function pluginQueryClient(plugin: string): QueryClient {
  const known = clients.get(plugin);
  if (known !== undefined) return known;
  const made = new QueryClient({
    defaultOptions: { queries: { staleTime: 10_000, retry: worthRetry, refetchOnWindowFocus: false } },
  });
  clients.set(plugin, made);
  return made;
}
