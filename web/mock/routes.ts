import type { JobDetail, JobState, PendingUpgrade, Plugin } from '@lamphouse/sdk';
import { ago } from './seed/time.ts';
import type { World } from './world.ts';

export interface MockRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
}

export interface MockAnswer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

type Handler = (world: World, request: MockRequest, parts: string[]) => MockAnswer;

const ok = (body: unknown): MockAnswer => ({ status: 200, body });
const done: MockAnswer = { status: 204 };
export const problem = (status: number, code: string, message: string): MockAnswer => ({
  status,
  body: { type: 'about:blank', title: code, status, code, message, request_id: 'r-mock' },
});
const missing = (what: string) => problem(404, `${what}_not_found`, `There is no such ${what}. Reload the list.`);

function page<T>(rows: T[], request: MockRequest, route: string): MockAnswer {
  const limit = Number(request.query.get('limit') ?? 100);
  const from = Number(request.query.get('cursor') ?? 0);
  const next = from + limit;
  const headers: Record<string, string> = { 'x-total-count': String(rows.length) };
  if (next < rows.length) headers.link = `</api/v1${route}?cursor=${next}>; rel="next"`;
  return { status: 200, body: rows.slice(from, next), headers };
}

const listOf = (query: URLSearchParams, name: string) => query.get(name)?.split(',').filter(Boolean) ?? [];

function jobs(world: World, request: MockRequest): MockAnswer {
  const [states, plugins, kinds] = ['state', 'plugin', 'kind'].map((name) => listOf(request.query, name)) as [
    string[],
    string[],
    string[],
  ];
  const q = (request.query.get('q') ?? '').toLowerCase();
  const pass = (wanted: string[], value: string) => wanted.length === 0 || wanted.includes(value);
  const found = world.jobs.filter(
    (job) =>
      pass(states, job.state) &&
      pass(plugins, job.plugin) &&
      pass(kinds, job.kind) &&
      job.title.toLowerCase().includes(q),
  );
  return page(
    found.map(({ payload: _payload, result: _result, log: _log, ...job }) => job),
    request,
    '/jobs',
  );
}

function summary({ jobs: all }: World): MockAnswer {
  const states: JobState[] = ['available', 'leased', 'blocked', 'succeeded', 'failed', 'cancelled'];
  return ok(Object.fromEntries(states.map((state) => [state, all.filter((job) => job.state === state).length])));
}

function changeJob(change: Partial<JobDetail>): Handler {
  return (world, _request, [id]) => {
    const job = world.jobs.find((each) => each.id === id);
    if (job) Object.assign(job, change);
    return job ? done : missing('job');
  };
}

function changePlugin(change: (plugin: Plugin, parts: string[]) => void): Handler {
  return (world, _request, parts) => {
    const plugin = world.plugins.find((each) => each.id === parts[0]);
    if (plugin) change(plugin, parts.map(decodeURIComponent));
    return plugin ? done : missing('plugin');
  };
}

function setGrant(granted: boolean): Handler {
  return (world, request, parts) => {
    const answer = changePlugin((plugin, [, name]) => {
      const capability = plugin.capabilities.find((each) => each.interface === name);
      if (capability)
        Object.assign(capability, {
          granted,
          allowed: granted ? capability.requested : [],
          granted_by: granted ? 'ada' : null,
        });
      const needed = plugin.capabilities.some((each) => !each.granted && !each.optional);
      Object.assign(
        plugin,
        needed
          ? { state: 'pending-approval', reason: `It needs ${name}, which is not granted.` }
          : { state: 'healthy', reason: '' },
      );
    })(world, request, parts);
    if (granted) world.notices = world.notices.filter((notice) => notice.action?.plugin !== parts[0]);
    return answer;
  };
}

function decideUpgrade(change: (plugin: Plugin, upgrade: PendingUpgrade) => void): Handler {
  return (world, request, parts) => {
    world.notices = world.notices.filter((notice) => notice.action?.plugin !== parts[0]);
    return changePlugin((plugin) => {
      if (plugin.pending_upgrade) change(plugin, plugin.pending_upgrade);
      plugin.pending_upgrade = null;
    })(world, request, parts);
  };
}

function inspect(world: World): MockAnswer {
  const plugin = world.plugins[0];
  const capabilities = (plugin?.capabilities ?? []).map((each) => ({
    ...each,
    granted: false,
    allowed: [],
    granted_by: null,
  }));
  const manifest = {
    id: 'sample-index',
    name: 'Sample index',
    version: '0.3.0',
    publisher: 'A third party',
    license: 'MIT',
    description: 'Makes entries findable by what is in them.',
    ui: { pages: [{ title: 'Index' }] },
  };
  return ok({
    manifest,
    package_hash: '9c'.repeat(32),
    signed_by: null,
    capabilities,
    changes: { new: [{ interface: 'lamphouse:files', optional: false, allow: [] }], wider: [], gone: [] },
    warnings: [],
  });
}

function install(world: World): MockAnswer {
  const like = world.plugins[0];
  if (like)
    world.plugins.push({
      ...like,
      id: 'sample-index',
      name: 'Sample index',
      version: '0.3.0',
      state: 'pending-approval',
      reason: 'It waits for rights.',
      ui: null,
      capabilities: like.capabilities.map((each) => ({ ...each, granted: false, allowed: [] })),
    });
  return {
    status: 201,
    body: {
      id: 'sample-index',
      version: '0.3.0',
      replaces: null,
      package_hash: '9c'.repeat(32),
      awaiting_grant: ['lamphouse:files'],
      unchanged: false,
      waits_for: null,
    },
  };
}

function logs(_world: World, request: MockRequest): MockAnswer {
  const levels = ['info', 'debug', 'info', 'warn', 'info', 'error'];
  const lines = Array.from({ length: 60 }, (_, number) => ({
    id: 60 - number,
    at: ago(number),
    level: levels[number % 6],
    message: [
      'Listed 412 entries',
      'Cache hit',
      'Checked an entry',
      'An answer took 1.2 s',
      'Saved',
      'The remote end closed the line',
    ][number % 6],
    fields: { took_ms: 12 * number, entry: `e-${number}` },
    request_id: null,
    job_id: null,
  }));
  const level = request.query.get('level');
  return page(level === 'error' ? lines.filter((line) => line.level === 'error') : lines, request, '/plugins/x/logs');
}

const create =
  (list: 'users' | 'mounts', make: (body: Record<string, unknown>) => unknown): Handler =>
  (world, { body }) => {
    const made = make(body as Record<string, unknown>);
    (world[list] as unknown[]).push(made);
    return { status: 201, body: made };
  };

function remove(list: 'users' | 'mounts' | 'notices' | 'plugins', key: 'id' | 'name'): Handler {
  return (world, _request, [id]) => {
    const rows = world[list] as unknown as Record<string, string>[];
    (world[list] as unknown) = rows.filter((row) => row[key] !== decodeURIComponent(id ?? ''));
    return done;
  };
}

/** Method and path (`:` stands for one part) with what answers them. */
export const ROUTES: [string, Handler][] = [
  ['GET /navigation', ({ navigation }) => ok(navigation)],
  [
    'GET /system',
    (world) =>
      ok({
        version: '0.1.0',
        started_at: ago(4000),
        database: 'sqlite',
        uptime_seconds: 240_000,
        plugins_running: world.plugins.length,
        site_name: 'Sample site',
        site: { id: '01990000-0000-7000-8000-000000000001', role: 'standalone', public_key: '0'.repeat(64), hub: null },
      }),
  ],
  ['GET /plugins', ({ plugins }) => ok(plugins)],
  ['POST /plugins/inspect', inspect],
  ['POST /plugins', install],
  [
    'GET /plugins/:',
    ({ plugins }, _request, [id]) =>
      plugins.some((each) => each.id === id) ? ok(plugins.find((each) => each.id === id)) : missing('plugin'),
  ],
  ['DELETE /plugins/:', remove('plugins', 'id')],
  [
    'POST /plugins/:/enable',
    changePlugin((plugin) => Object.assign(plugin, { enabled: true, state: 'healthy', reason: '' })),
  ],
  [
    'POST /plugins/:/disable',
    changePlugin((plugin) =>
      Object.assign(plugin, { enabled: false, state: 'disabled', reason: 'Switched off by ada.' }),
    ),
  ],
  [
    'POST /plugins/:/upgrade/approve',
    decideUpgrade((plugin, { version, package_hash, capabilities }) =>
      Object.assign(plugin, {
        version,
        package_hash,
        capabilities: capabilities.map((each) => ({ ...each, granted: true, allowed: each.requested })),
      }),
    ),
  ],
  ['POST /plugins/:/upgrade/reject', decideUpgrade(() => undefined)],
  ['PUT /plugins/:/grants/:', setGrant(true)],
  ['DELETE /plugins/:/grants/:', setGrant(false)],
  ['GET /plugins/:/logs', logs],
  [
    'PATCH /plugins/:/config',
    (world, { body }, [id]) =>
      changePlugin((plugin) => Object.assign(plugin.config.values, body))(
        world,
        { method: '', path: '', query: new URLSearchParams(), body },
        [id ?? ''],
      ),
  ],
  ['GET /jobs/summary', summary],
  ['GET /jobs', jobs],
  [
    'GET /jobs/:',
    (world, _request, [id]) =>
      world.jobs.some((job) => job.id === id) ? ok(world.jobs.find((job) => job.id === id)) : missing('job'),
  ],
  [
    'POST /jobs/:/cancel',
    changeJob({ state: 'cancelled', progress: { percent: null, message: null }, waits_for: null }),
  ],
  ['POST /jobs/:/retry', changeJob({ state: 'available', error: null, attempt: 0 })],
  ['GET /notices', ({ notices }) => ok(notices)],
  ['DELETE /notices/:', remove('notices', 'id')],
  ['GET /mounts', ({ mounts }) => ok(mounts)],
  [
    'POST /mounts',
    create('mounts', (body) => ({
      ...body,
      status: 'online',
      reason: null,
      total_bytes: 4e12,
      free_bytes: 3e12,
      used_by: [],
    })),
  ],
  ['DELETE /mounts/:', remove('mounts', 'name')],
  ['GET /users', ({ users }) => ok(users)],
  [
    'POST /users',
    create('users', ({ username, role }) => ({
      id: `u-${username}`,
      username,
      role,
      disabled: false,
      created_at: ago(0),
      last_sign_in_at: null,
    })),
  ],
  [
    'PATCH /users/:',
    (world, { body }, [id]) => {
      const user = world.users.find((each) => each.id === id);
      if (user) Object.assign(user, body);
      return user ? ok(user) : missing('user');
    },
  ],
  ['DELETE /users/:', remove('users', 'id')],
  ['GET /keys', ({ keys }) => ok(keys)],
  [
    'POST /keys',
    (world, { body }) => {
      const { name, role } = body as { name: string; role: string };
      world.keys.push({
        id: `k-${name}`,
        name,
        role,
        prefix: 'lk_9f31',
        created_at: ago(0),
        expires_at: null,
        last_used_at: null,
        revoked_at: null,
      });
      return { status: 201, body: { id: `k-${name}`, key: 'lk_9f31_mock-secret-that-opens-nothing' } };
    },
  ],
  [
    'DELETE /keys/:',
    (world, _request, [id]) => {
      const key = world.keys.find((each) => each.id === id);
      if (key) key.revoked_at = ago(0);
      return done;
    },
  ],
  [
    'GET /audit',
    (world, request) => {
      const q = (request.query.get('q') ?? '').toLowerCase();
      const actor = request.query.get('actor') ?? '';
      const action = request.query.get('action') ?? '';
      return page(
        world.audit.filter(
          (entry) =>
            entry.actor.includes(actor) &&
            entry.action.includes(action) &&
            JSON.stringify(entry).toLowerCase().includes(q),
        ),
        request,
        '/audit',
      );
    },
  ],
  ['GET /p/:/items', (world, request) => page(world.items, request, '/p/sample-catalogue/items')],
  ['GET /p/:/items/:', (world, _request, parts) => ok(world.items.find((item) => item.id === parts[1]) ?? null)],
];

export function answer(world: World, request: MockRequest): MockAnswer {
  for (const [route, handler] of ROUTES) {
    const [method, pattern = ''] = route.split(' ');
    const match =
      method === request.method ? new RegExp(`^${pattern.replaceAll(':', '([^/]+)')}$`).exec(request.path) : null;
    if (match) return handler(world, request, match.slice(1));
  }
  return problem(404, 'route_not_found', `Nothing answers ${request.method} ${request.path}.`);
}
