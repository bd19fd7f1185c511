import {
  type Appearance,
  type Connection,
  type PluginHost,
  type Readable,
  type Session,
  topicMatches,
} from '@lamphouse/sdk';
import * as v from 'valibot';
import {
  CALLS_PER_SECOND,
  createRate,
  MAX_MESSAGE_BYTES,
  mayHear,
  staysBelow,
  TOASTS_PER_MINUTE,
} from '../../frame/limits';
import { FrameMessage, type ShellMessage } from '../../frame/protocol';
import { t } from '../../lib/messages';

export interface FrameBridgeOptions {
  host: PluginHost;
  entry: string;
  exported: string;
  kind: 'page' | 'slot';
  onHeight: (px: number) => void;
  onKey: (key: 'palette' | 'shortcuts' | 'region') => void;
}

function tooLarge(message: unknown): boolean {
  try {
    return (JSON.stringify(message) ?? '').length > MAX_MESSAGE_BYTES;
  } catch {
    return true;
  }
}

/** The shell's side of a framed page's port. Every message is checked; the host checks every call once more. */
export function connectFrame(
  port: MessagePort,
  { host, entry, exported, kind, onHeight, onKey }: FrameBridgeOptions,
): () => void {
  const { id: plugin, name } = host.plugin;
  const mayCall = createRate(CALLS_PER_SECOND, 1000, Date.now);
  const mayToast = createRate(TOASTS_PER_MINUTE, 60_000, Date.now);
  const running = new Map<number, AbortController>();
  let topics: readonly string[] = [];
  const send = (message: ShellMessage) => port.postMessage(message);

  const answer = async (id: number, work: (signal: AbortSignal) => Promise<unknown>) => {
    if (!mayCall()) return send({ type: 'refused', id, message: t('pluginPages.thisPageAsksTooOften') });
    const control = new AbortController();
    running.set(id, control);
    try {
      send({ type: 'answer', id, value: await work(control.signal) });
    } catch (error) {
      send({ type: 'refused', id, message: error instanceof Error ? error.message : t('pluginPages.theCallFailed') });
    } finally {
      running.delete(id);
    }
  };

  const act = (message: FrameMessage) => {
    switch (message.type) {
      case 'call': {
        const { id, method, path, query, body } = message;
        if (!staysBelow(plugin, path))
          return send({ type: 'refused', id, message: t('pluginPages.isNotOneOfThe', { path }) });
        return void answer(id, (signal) => host.transport({ method, path, query, body }, signal));
      }
      case 'jobs':
        return void answer(message.id, () => host.jobs(message));
      case 'abort':
        return running.get(message.id)?.abort();
      case 'subscribe':
        topics = message.topics;
        return;
      case 'navigate':
        return host.navigate(message.to, { replace: message.replace });
      case 'toast':
        if (mayToast())
          host.toast({
            title: `${name}: ${message.title}`,
            message: message.message ?? '',
            tone: message.tone ?? 'info',
          });
        return;
      case 'confirm': {
        const { id, title, message: text, confirmLabel, danger, typed } = message;
        const request = {
          title: `${name}: ${title}`,
          message: text,
          confirmLabel,
          ...(danger ? { danger } : {}),
          ...(typed ? { typed } : {}),
        };
        return void answer(id, () => host.confirm(request));
      }
      case 'height':
        return onHeight(message.px);
      case 'key':
        return onKey(message.key);
    }
  };

  port.onmessage = ({ data }: MessageEvent<unknown>) => {
    const parsed = tooLarge(data) ? null : v.safeParse(FrameMessage, data);
    if (parsed?.success) act(parsed.output);
  };
  const follow = <T>(readable: Readable<T>, message: (value: T) => ShellMessage) =>
    readable.subscribe(() => send(message(readable.get())));
  const stops = [
    follow(host.location, (location) => ({ type: 'location', location })),
    follow<Appearance>(host.appearance, (appearance) => ({ type: 'appearance', appearance })),
    follow<Session>(host.session, (session) => ({ type: 'session', session })),
    follow<Connection>(host.connection, (connection) => ({ type: 'connection', connection })),
    host.subscribe(['*'], (event) => {
      const wanted = event.type.startsWith('jobs.') || topics.some((topic) => topicMatches(topic, event.type));
      if (wanted && mayHear(plugin, event)) send({ type: 'event', event });
    }),
  ];
  send({
    type: 'start',
    plugin: { ...host.plugin, mode: 'frame' },
    entry,
    exported,
    kind,
    location: host.location.get(),
    session: host.session.get(),
    appearance: host.appearance.get(),
    connection: host.connection.get(),
  });
  return () => {
    for (const stop of stops) stop();
    for (const control of running.values()) control.abort();
    port.close();
  };
}
