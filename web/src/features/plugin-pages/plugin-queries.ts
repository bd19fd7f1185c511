import { QueryClient } from '@tanstack/react-query';
import { worthRetry } from '../../lib/query-client';
import { onResync } from '../../live/live-hub';

const clients = new Map<string, QueryClient>();

onResync(() => {
  for (const client of clients.values()) void client.invalidateQueries();
});

/** Forgets what plugins' pages were told. */
export function forgetPluginAnswers(): void {
  for (const client of clients.values()) client.clear();
}

/** A cache for each plugin: keys cannot collide, and a page finds its data again when the reader returns. */
export function pluginQueryClient(plugin: string): QueryClient {
  const known = clients.get(plugin);
  if (known !== undefined) return known;
  const made = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: worthRetry,
        refetchOnWindowFocus: false,
        // What is kept may be old: while no page is there, nobody hears the events that tell of changes.
        refetchOnMount: 'always',
      },
    },
  });
  clients.set(plugin, made);
  return made;
}
