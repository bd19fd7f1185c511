import type { LiveEvent } from '@lamphouse/sdk';
import { createSseParser } from './sse-parser';

export type StreamStatus = 'live' | 'reconnecting' | 'offline';

export interface StreamListener {
  onEvent: (event: LiveEvent) => void;
  onStatus: (status: StreamStatus) => void;
  /** The stream is up again after a gap: what is shown may be old. */
  onResync: () => void;
}

/** Heartbeats come every 15 s; three missed ones mean the line is dead. */
const SILENCE_MS = 45_000;
const FIRST_DELAY_MS = 500;
const LAST_DELAY_MS = 15_000;
/** Failures in a row after which the reader is told that the host is away. */
const OFFLINE_AFTER = 3;

/** Wait before the next try: doubling, with a spread so that many browsers do not return at once. */
export function reconnectDelay(failures: number, random: () => number): number {
  const full = Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, failures - 1));
  return Math.round(full * (0.75 + random() * 0.5));
}

/** Keeps one event stream open until it is closed. */
export function openEventStream(url: string, listener: StreamListener): () => void {
  let closed = false;
  let failures = 0;
  let connectedBefore = false;
  let lastId: string | null = null;
  let abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const arm = () => {
    clearTimeout(timer);
    timer = setTimeout(() => abort.abort(), SILENCE_MS);
  };
  const parse = createSseParser((frame) => {
    if (frame.id !== null) lastId = frame.id;
    try {
      const event = JSON.parse(frame.data) as LiveEvent;
      if (frame.event !== 'hello') listener.onEvent(event);
    } catch {
      listener.onResync();
    }
  });

  const read = async () => {
    abort = new AbortController();
    const headers: Record<string, string> = { accept: 'text/event-stream' };
    if (lastId !== null) headers['last-event-id'] = lastId;
    arm();
    const response = await fetch(url, { headers, credentials: 'same-origin', cache: 'no-store', signal: abort.signal });
    if (!response.ok || response.body === null) throw new Error(`event stream: status ${response.status}`);
    failures = 0;
    listener.onStatus('live');
    if (connectedBefore) listener.onResync();
    connectedBefore = true;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      arm();
      parse(value);
    }
  };

  const run = async () => {
    while (!closed) {
      await read().catch(() => undefined);
      clearTimeout(timer);
      if (closed) return;
      failures += 1;
      listener.onStatus(failures >= OFFLINE_AFTER ? 'offline' : 'reconnecting');
      await new Promise<void>((resolve) => {
        timer = setTimeout(resolve, reconnectDelay(failures, Math.random));
      });
    }
  };
  void run();
  return () => {
    closed = true;
    clearTimeout(timer);
    abort.abort();
  };
}
