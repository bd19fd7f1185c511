import { type Connection, createCell, type LiveEvent, topicMatches } from '@lamphouse/sdk';
import { openEventStream, type StreamStatus } from './event-stream';

type Message =
  | { kind: 'event'; event: LiveEvent }
  | { kind: 'status'; status: StreamStatus }
  | { kind: 'resync' }
  | { kind: 'ask' };

export const connection = createCell<Connection>({ status: 'reconnecting', since: Date.now() });
/** When the reader stopped live changes, in Unix milliseconds; null while they flow. */
export const pausedSince = createCell<number | null>(null);

const handlers = new Set<{ topics: readonly string[]; handle: (event: LiveEvent) => void }>();
const resyncs = new Set<() => void>();

/** Calls `handle` for each event of these topics; a topic may end in a star. */
export function subscribeEvents(topics: readonly string[], handle: (event: LiveEvent) => void): () => void {
  const entry = { topics, handle };
  handlers.add(entry);
  return () => handlers.delete(entry);
}

/** Called when events may have been missed. */
export function onResync(handle: () => void): () => void {
  resyncs.add(handle);
  return () => resyncs.delete(handle);
}

export function resync(): void {
  for (const handle of resyncs) handle();
}

export function pauseLive(): void {
  pausedSince.set(Date.now());
}

export function resumeLive(): void {
  pausedSince.set(null);
  resync();
}

function receive(message: Message): void {
  if (message.kind === 'status') {
    if (connection.get().status !== message.status) connection.set({ status: message.status, since: Date.now() });
  } else if (pausedSince.get() !== null) return;
  else if (message.kind === 'resync') resync();
  else if (message.kind === 'event') {
    for (const { topics, handle } of [...handlers]) {
      if (topics.some((topic) => topicMatches(topic, message.event.type))) handle(message.event);
    }
  }
}

function stream(tell: (message: Message) => void): () => void {
  return openEventStream('/api/v1/events', {
    onEvent: (event) => tell({ kind: 'event', event }),
    onStatus: (status) => tell({ kind: 'status', status }),
    onResync: () => tell({ kind: 'resync' }),
  });
}

/**
 * Starts the live connection. Browsers allow few connections to one host, so of all tabs one holds the stream and
 * passes on what it hears; where tabs cannot agree (no Web Locks without TLS), each has its own.
 */
export function startLive(): () => void {
  if (!('locks' in navigator)) return stream(receive);
  const channel = new BroadcastChannel('lamphouse-live');
  const given = new AbortController();
  let leading = false;
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.kind !== 'ask') receive(data);
    else if (leading) channel.postMessage({ kind: 'status', status: connection.get().status } satisfies Message);
  };
  channel.postMessage({ kind: 'ask' } satisfies Message);
  const lead = () =>
    new Promise<void>((release) => {
      leading = true;
      const close = stream((message) => {
        receive(message);
        channel.postMessage(message);
      });
      given.signal.addEventListener('abort', () => {
        close();
        release();
      });
    });
  void navigator.locks.request('lamphouse-live', { signal: given.signal }, lead).catch(() => undefined);
  return () => {
    given.abort();
    channel.close();
  };
}
