import {
  type ApiRequest,
  type Appearance,
  type ConfirmRequest,
  type Connection,
  createCell,
  type Job,
  type JobProgress,
  type LiveEvent,
  language,
  type PluginHost,
  type PluginLocation,
  type Session,
  type ToastRequest,
  topicMatches,
} from '@lamphouse/sdk';

export interface RouteCall {
  method: string;
  path: string;
  /** Parts of the path that braces in the route stand for. */
  params: string[];
  query: Record<string, string>;
  body: unknown;
}

/** Answers a route with a body, or `{ status, body }` made by `refuse`. */
export type MockRoute = (call: RouteCall) => unknown;

export class Refusal {
  constructor(
    readonly status: number,
    readonly body: { code: string; message: string },
  ) {}
}

export interface MockHostOptions {
  id?: string;
  permissions?: readonly string[];
  /** By method and path: `'GET /items/{id}'`. */
  routes?: Record<string, MockRoute>;
  jobs?: Job[];
  /** Address below the mount at the start: `/7?tab=log`. */
  path?: string;
  /** What the reader answers when asked; yes unless given. */
  confirms?: (request: ConfirmRequest) => boolean;
}

export interface MockHost {
  host: PluginHost;
  /** Calls of routes so far, oldest first. */
  calls: RouteCall[];
  toasts: ToastRequest[];
  emit: (type: string, data?: LiveEvent['data']) => void;
  setConnection: (status: Connection['status']) => void;
  location: () => PluginLocation;
}

function match(pattern: string, request: ApiRequest): string[] | null {
  const [method, path = ''] = pattern.split(' ');
  if (method !== request.method) return null;
  const source = path.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{[^}]*\}/g, '([^/]+)');
  return new RegExp(`^${source}$`).exec(request.path)?.slice(1).map(decodeURIComponent) ?? null;
}

function parseLocation(to: string): PluginLocation {
  const url = new URL(to, 'http://host.invalid');
  return { path: url.pathname, search: url.search, hash: url.hash };
}

/** One plugin's host without a network. */
export function createMockHost(options: MockHostOptions = {}): MockHost {
  const { id = 'sample', permissions = [], routes = {}, jobs = [], path = '/', confirms = () => true } = options;
  const location = createCell(parseLocation(path));
  const connection = createCell<Connection>({ status: 'live', since: 0 });
  const appearance = createCell<Appearance>({ theme: 'dark', density: 'default', language: language() });
  const session = createCell<Session>({
    user: { id: 'u1', username: 'ada', role: 'operator', is_admin: false },
    permissions,
  });
  const handlers = new Set<{ topics: readonly string[]; handle: (event: LiveEvent) => void }>();
  const progress = new Map<string, ReturnType<typeof createCell<JobProgress | null>>>();
  const calls: RouteCall[] = [];
  const toasts: ToastRequest[] = [];

  const progressOf = (job: string) => {
    const cell = progress.get(job) ?? createCell<JobProgress | null>(null);
    progress.set(job, cell);
    return cell;
  };
  const emit = (type: string, data: LiveEvent['data'] = {}) => {
    if (type === 'jobs.progress') progressOf(String(data.id)).set(data.progress as JobProgress);
    const event = { type, timestamp: new Date().toISOString(), data };
    for (const { topics, handle } of [...handlers])
      if (topics.some((topic) => topicMatches(topic, type))) handle(event);
  };
  const transport: PluginHost['transport'] = async (request) => {
    for (const [pattern, route] of Object.entries(routes)) {
      const params = match(pattern, request);
      if (params === null) continue;
      const sent = Object.entries(request.query ?? {}).filter(([, value]) => value !== undefined && value !== null);
      const query = Object.fromEntries(sent.map(([name, value]) => [name, String(value)]));
      const call = { method: request.method, path: request.path, params, query, body: request.body };
      calls.push(call);
      const answer = await route(call);
      if (answer instanceof Refusal) return { status: answer.status, body: answer.body, link: null, total: null };
      return { status: 200, body: answer, link: null, total: Array.isArray(answer) ? answer.length : null };
    }
    const message = `no route for ${request.method} ${request.path}: add it to "routes"`;
    return { status: 404, body: { code: 'route_not_found', message }, link: null, total: null };
  };
  const host: PluginHost = {
    plugin: { id, name: id, mode: 'inline', basePath: `/p/${id}` },
    transport,
    location,
    session,
    appearance,
    connection,
    jobs: async ({ states, kinds, limit }) =>
      jobs
        .filter((job) => (states?.includes(job.state) ?? true) && (kinds?.includes(job.kind) ?? true))
        .slice(0, limit ?? jobs.length),
    jobProgress: progressOf,
    subscribe: (topics, handle) => {
      const entry = { topics, handle };
      handlers.add(entry);
      return () => handlers.delete(entry);
    },
    navigate: (to) => location.set(parseLocation(to)),
    toast: (request) => void toasts.push(request),
    confirm: async (request) => confirms(request),
  };
  return {
    host,
    calls,
    toasts,
    emit,
    setConnection: (status) => connection.set({ status, since: Date.now() }),
    location: () => location.get(),
  };
}
