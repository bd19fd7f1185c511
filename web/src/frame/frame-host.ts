import {
  ApiError,
  type ApiResponse,
  createCell,
  type Job,
  type JobProgress,
  type LiveEvent,
  type PluginHost,
  topicMatches,
} from '@lamphouse/sdk';
import type { FrameMessage, FrameStart, ShellMessage } from './protocol';

type Pending = { resolve: (value: unknown) => void; reject: (error: Error) => void };
type Asking = Extract<FrameMessage, { id: number }>;
type WithoutId<M> = M extends unknown ? Omit<M, 'id'> : never;

/** The plugin's host on the frame's side of the port: every wish becomes a message. */
export function createFrameHost(port: MessagePort, start: FrameStart): PluginHost {
  const location = createCell(start.location);
  const appearance = createCell(start.appearance);
  const session = createCell(start.session);
  const connection = createCell(start.connection);
  const pending = new Map<number, Pending>();
  const handlers = new Set<{ topics: readonly string[]; handle: (event: LiveEvent) => void }>();
  const progress = new Map<string, ReturnType<typeof createCell<JobProgress | null>>>();
  let nextId = 1;

  const send = (message: FrameMessage) => port.postMessage(message);
  const progressCell = (id: string) => {
    const cell = progress.get(id) ?? createCell<JobProgress | null>(null);
    progress.set(id, cell);
    return cell;
  };
  const ask = <T>(message: WithoutId<Exclude<Asking, { type: 'abort' }>>, signal?: AbortSignal) =>
    new Promise<T>((resolve, reject) => {
      const id = nextId++;
      pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
      signal?.addEventListener('abort', () => {
        if (!pending.delete(id)) return;
        send({ type: 'abort', id });
        reject(signal.reason as Error);
      });
      send({ ...message, id } as FrameMessage);
    });
  const hear = (event: LiveEvent) => {
    const { id, progress: moved } = event.data as { id?: string; progress?: JobProgress | null };
    if (event.type.startsWith('jobs.') && id && moved) progressCell(id).set(moved);
    for (const { topics, handle } of handlers)
      if (topics.some((topic) => topicMatches(topic, event.type))) handle(event);
  };

  port.onmessage = ({ data }: MessageEvent<ShellMessage>) => {
    if (data.type === 'answer') pending.get(data.id)?.resolve(data.value);
    else if (data.type === 'refused')
      pending.get(data.id)?.reject(new ApiError(0, { code: 'refused', message: data.message }));
    else if (data.type === 'event') hear(data.event);
    else if (data.type === 'location') location.set(data.location);
    else if (data.type === 'appearance') appearance.set(data.appearance);
    else if (data.type === 'session') session.set(data.session);
    else if (data.type === 'connection') connection.set(data.connection);
    if (data.type === 'answer' || data.type === 'refused') pending.delete(data.id);
  };

  return {
    plugin: start.plugin,
    location,
    appearance,
    session,
    connection,
    transport: (request, signal) => {
      const { method, path, query, body } = request;
      return ask<ApiResponse>({ type: 'call', method: method as 'GET', path, query: query as never, body }, signal);
    },
    jobs: ({ states, kinds, limit }) =>
      ask<Job[]>({ type: 'jobs', states: states as never, kinds: kinds as never, limit }),
    jobProgress: progressCell,
    subscribe: (topics, handle) => {
      const entry = { topics, handle };
      handlers.add(entry);
      send({ type: 'subscribe', topics: [...new Set([...handlers].flatMap((each) => each.topics))] });
      return () => handlers.delete(entry);
    },
    navigate: (to, { replace }) => send({ type: 'navigate', to, replace }),
    toast: ({ title, message, tone }) => send({ type: 'toast', title, message, tone }),
    confirm: (request) => ask<boolean>({ type: 'confirm', ...request }),
  };
}
