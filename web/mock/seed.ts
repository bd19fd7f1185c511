import type {
  ApiKey,
  AuditEntry,
  Capability,
  JobDetail,
  JobState,
  Mount,
  Navigation,
  Notice,
  Plugin,
  UserAccount,
} from '@lamphouse/sdk';

/** A made-up host: the same at every start, apart from its times, which are relative to now. */
export const HASH = '4f6a0c9be21d';
const GIGABYTE = 1e9;

export const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

function capability(
  change: Partial<Capability> & Pick<Capability, 'interface' | 'title' | 'risk' | 'reason'>,
): Capability {
  const requested = change.requested ?? [];
  const granted = change.granted ?? true;
  return {
    optional: false,
    requested,
    allowed: granted ? requested : [],
    granted,
    granted_by: granted ? 'ada' : null,
    granted_at: granted ? ago(6_000) : null,
    denials: 0,
    ...change,
  };
}

const SQL = capability({
  interface: 'lamphouse:sql',
  title: 'Keep data in a database of its own',
  risk: 'low',
  reason: 'Keeps the list of entries and what is known of each.',
});
const HTTP = capability({
  interface: 'lamphouse:http',
  title: 'Answer requests at addresses of its own',
  risk: 'low',
  reason: 'Serves its pages.',
});
const JOBS = capability({
  interface: 'lamphouse:jobs',
  title: 'Run work in the background',
  risk: 'medium',
  reason: 'Checks entries without holding up requests.',
  requested: [{ name: '*', rights: ['enqueue'] }],
});

function files(granted: boolean): Capability {
  return capability({
    interface: 'lamphouse:files',
    title: 'Use files in mounted folders',
    risk: 'high',
    reason: 'Reads what arrives in the intake folder and moves what is done to the archive.',
    requested: [
      { name: 'intake', rights: ['read', 'watch'] },
      { name: 'archive', rights: ['read', 'write'] },
    ],
    granted,
    denials: granted ? 3 : 0,
  });
}

const CONFIG_SCHEMA = {
  type: 'object',
  required: ['folder'],
  properties: {
    folder: { type: 'string', title: 'Intake folder', description: 'Below the mount `intake`.', minLength: 1 },
    check_every_minutes: { type: 'integer', title: 'Check every (minutes)', minimum: 1, maximum: 1440, default: 15 },
    mode: { enum: ['fast', 'thorough'], title: 'Kind of check', description: 'Thorough reads every byte.' },
    notify: { type: 'boolean', title: 'Tell about new entries' },
    ignore: { type: 'array', items: { type: 'string' }, title: 'Names to leave out' },
    remote: {
      type: 'object',
      title: 'Remote index',
      properties: {
        address: { type: 'string', title: 'Address' },
        secret: { type: 'string', title: 'Secret', writeOnly: true },
      },
    },
    token: { type: 'string', title: 'Access token', writeOnly: true },
  },
};

const LIMITS = {
  memory_mib: 64,
  cpu_ms: 2000,
  wall_ms: 10_000,
  job_cpu_ms: 60_000,
  job_wall_ms: 300_000,
  concurrency: 4,
  storage_mib: 256,
};

function plugin(change: Partial<Plugin> & Pick<Plugin, 'id' | 'name' | 'description'>): Plugin {
  return {
    version: '1.4.2',
    publisher: 'Lamphouse',
    license: 'Apache-2.0',
    state: 'healthy',
    reason: null,
    last_trap: null,
    enabled: true,
    package_hash: `${HASH}7c1d4b8a3e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6071`,
    installed_at: ago(40_000),
    updated_at: ago(6_000),
    capabilities: [SQL, HTTP, JOBS],
    limits: LIMITS,
    routes: [
      { method: 'GET', path: '/items', permission: 'sample:read', summary: 'Lists entries' },
      { method: 'GET', path: '/items/{id}', permission: 'sample:read', summary: 'One entry' },
      { method: 'POST', path: '/items/{id}/check', permission: 'sample:manage', summary: 'Checks an entry' },
    ],
    jobs: [{ kind: 'check', title: 'Check an entry', lane: null, concurrency: 2 }],
    permissions: [{ id: 'sample:read', title: 'See entries', roles: ['viewer'] }],
    ui: null,
    config: { schema: null, values: {} },
    metrics: {
      calls: 48_213,
      errors: 0,
      traps: 0,
      denials: 0,
      cpu_ms: 91_400,
      p99_ms: 38,
      memory_high_water_bytes: 23_400_000,
    },
    ...change,
  };
}

const base = (id: string) => `/plugins/${id}/${HASH}/`;

export function seedPlugins(): Plugin[] {
  return [
    plugin({
      id: 'sample-catalogue',
      name: 'Sample catalogue',
      description: 'Keeps a list of everything that arrives in a folder and checks each entry.',
      capabilities: [
        SQL,
        HTTP,
        JOBS,
        files(true),
        capability({
          interface: 'lamphouse:events',
          title: 'Send and receive live events',
          risk: 'medium',
          reason: 'Tells pages about new entries.',
          optional: true,
          requested: [{ name: 'sample-catalogue.*', rights: ['publish'] }],
          granted: false,
        }),
      ],
      config: {
        schema: CONFIG_SCHEMA,
        values: {
          folder: 'incoming',
          check_every_minutes: 15,
          mode: 'thorough',
          notify: true,
          ignore: ['*.part', '.cache'],
          token: null,
        },
      },
      ui: {
        mode: 'inline',
        base: base('sample-catalogue'),
        pages: [{ id: 'items', title: 'Entries', path: '/entries' }],
        slots: [{ slot: 'dashboard.card', title: 'Entries' }],
      },
    }),
    plugin({
      id: 'sample-transfer',
      name: 'Sample transfer',
      version: '0.9.0',
      state: 'degraded',
      reason: 'Its health check failed twice: the remote end answers slowly.',
      last_trap: 'wasm trap: out of fuel in `pump::drain`',
      description: 'Moves finished entries to another place.',
      jobs: [
        { kind: 'move', title: 'Move an entry', lane: 'disk', concurrency: 1 },
        { kind: 'verify', title: 'Verify a copy', lane: 'disk', concurrency: 1 },
      ],
      metrics: {
        calls: 9_120,
        errors: 41,
        traps: 2,
        denials: 0,
        cpu_ms: 402_000,
        p99_ms: 1240,
        memory_high_water_bytes: 61_000_000,
      },
    }),
    plugin({
      id: 'sample-notes',
      name: 'Sample notes',
      version: '2.0.0',
      publisher: 'A third party',
      state: 'healthy',
      description: 'Notes on entries, drawn in a frame of its own.',
      jobs: [],
      ui: {
        mode: 'frame',
        base: base('sample-notes'),
        pages: [{ id: 'items', title: 'Notes', path: '/notes' }],
        slots: [],
      },
    }),
    plugin({
      id: 'sample-archive',
      name: 'Sample archive',
      version: '1.0.1',
      state: 'pending-approval',
      reason: 'It needs lamphouse:files, which is not granted.',
      description: 'Keeps old entries in a folder of their own.',
      capabilities: [SQL, files(false)],
      jobs: [],
      routes: [],
      metrics: { calls: 0, errors: 0, traps: 0, denials: 0, cpu_ms: 0, memory_high_water_bytes: 0 },
    }),
  ];
}

export function seedNavigation(): Navigation {
  const entry = (id: string) => `${base(id)}ui/index.js`;
  const styles = (id: string) => [`${base(id)}ui/index.css`];
  return {
    pages: [
      {
        plugin: 'sample-catalogue',
        page_id: 'items',
        path: '/entries',
        title: 'Entries',
        icon: 'library',
        group: 'content',
        order: 10,
        keys: 'g e',
        entry: entry('sample-catalogue'),
        styles: styles('sample-catalogue'),
        export: 'items',
        mode: 'inline',
      },
      {
        plugin: 'sample-notes',
        page_id: 'items',
        path: '/p/sample-notes/notes',
        title: 'Notes',
        icon: 'file-text',
        group: 'content',
        order: 20,
        keys: null,
        entry: entry('sample-notes'),
        styles: styles('sample-notes'),
        export: 'items',
        mode: 'frame',
      },
      {
        plugin: 'sample-catalogue',
        page_id: 'broken',
        path: '/p/sample-catalogue/broken',
        title: 'Broken page',
        icon: 'unheard-of',
        group: 'content',
        order: 30,
        keys: null,
        entry: entry('sample-catalogue'),
        styles: [],
        export: 'broken',
        mode: 'inline',
      },
    ],
    slots: [
      {
        plugin: 'sample-catalogue',
        slot: 'dashboard.card',
        export: 'itemsCard',
        title: 'Entries',
        order: 10,
        entry: entry('sample-catalogue'),
        styles: styles('sample-catalogue'),
        mode: 'inline',
      },
    ],
  };
}

export function seedNotices(): Notice[] {
  return [
    {
      id: 'n1',
      severity: 'warning',
      title: 'Sample archive waits for a right',
      message: 'It asks to use files in mounted folders: it keeps old entries in a folder of their own.',
      plugin: 'sample-archive',
      action: { kind: 'grant', plugin: 'sample-archive', interface: 'lamphouse:files' },
      count: 1,
      first_at: ago(90),
      last_at: ago(90),
    },
    {
      id: 'n2',
      severity: 'error',
      title: 'Mount cold-store is offline',
      message: 'The folder /mnt/cold-store is not there. Connect it again; jobs that need it wait.',
      plugin: null,
      action: null,
      count: 4,
      first_at: ago(300),
      last_at: ago(12),
    },
    {
      id: 'n3',
      severity: 'info',
      title: 'Sample catalogue was updated',
      message: 'Version 1.4.2 replaced 1.4.1 without new rights.',
      plugin: 'sample-catalogue',
      action: null,
      count: 1,
      first_at: ago(6000),
      last_at: ago(6000),
    },
  ];
}

export function seedMounts(): Mount[] {
  return [
    {
      name: 'archive',
      path: '/srv/volumes/archive/long-term',
      rights: ['read', 'watch', 'write'],
      status: 'online',
      reason: null,
      total_bytes: 48_000 * GIGABYTE,
      free_bytes: 21_300 * GIGABYTE,
      used_by: ['sample-catalogue'],
    },
    {
      name: 'intake',
      path: '/srv/volumes/intake',
      rights: ['read', 'watch', 'write', 'delete'],
      status: 'online',
      reason: null,
      total_bytes: 8_000 * GIGABYTE,
      free_bytes: 540 * GIGABYTE,
      used_by: ['sample-catalogue', 'sample-transfer'],
    },
    {
      name: 'cold-store',
      path: '/mnt/cold-store',
      rights: ['read', 'watch'],
      status: 'offline',
      reason: 'The folder is not there.',
      total_bytes: null,
      free_bytes: null,
      used_by: [],
    },
  ];
}

export function seedUsers(): UserAccount[] {
  const user = (id: string, username: string, role: string, seen: number | null, disabled = false): UserAccount => ({
    id,
    username,
    role,
    disabled,
    created_at: ago(50_000),
    last_sign_in_at: seen === null ? null : ago(seen),
  });
  return [
    user('u1', 'ada', 'admin', 1),
    user('u2', 'grace', 'operator', 45),
    user('u3', 'linus', 'engineer', 3000),
    user('u4', 'margaret', 'viewer', null),
    user('u5', 'former-colleague', 'operator', 90_000, true),
  ];
}

export function seedKeys(): ApiKey[] {
  const key = (id: string, name: string, change: Partial<ApiKey> = {}): ApiKey => ({
    id,
    name,
    role: 'operator',
    prefix: `lk_${id}a7f2`,
    created_at: ago(30_000),
    expires_at: null,
    last_used_at: ago(5),
    revoked_at: null,
    ...change,
  });
  return [
    key('k1', 'backup script'),
    key('k2', 'display board', { role: 'viewer', expires_at: ago(-90_000) }),
    key('k3', 'old integration', { revoked_at: ago(800), last_used_at: ago(900) }),
  ];
}

const SUBJECTS = [
  'autumn-0417',
  'harbour-1102',
  'meadow-0093',
  'lantern-2210',
  'granite-0715',
  'willow-3301',
  'cobalt-0008',
];
const STATES: JobState[] = ['succeeded', 'succeeded', 'succeeded', 'succeeded', 'failed', 'cancelled', 'succeeded'];

function stateOf(number: number): JobState {
  if (number < 8) return 'leased';
  if (number < 12) return 'blocked';
  if (number < 40) return 'available';
  return STATES[number % STATES.length] ?? 'succeeded';
}

export function seedJobs(count: number): JobDetail[] {
  const random = createRandom(7);
  return Array.from({ length: count }, (_, number): JobDetail => {
    const state = stateOf(number);
    const kind = ['check', 'move', 'verify'][number % 3] ?? 'check';
    const created = 2 + number * 3 + random() * 3;
    const started = state === 'available' ? null : ago(created - 1);
    const finished = ['succeeded', 'failed', 'cancelled'].includes(state)
      ? ago(Math.max(0, created - 2 - random() * 9))
      : null;
    const subject = `${SUBJECTS[number % SUBJECTS.length]}-${String(count - number).padStart(4, '0')}`;
    const title = `${{ check: 'Check entry', move: 'Move entry', verify: 'Verify copy of' }[kind]} ${subject}`;
    const error =
      state === 'failed'
        ? 'The digest of part 3 differs from the one that was announced; the copy was kept for a second look.'
        : null;
    return {
      id: `0193f2c0-7d4e-7${String(number).padStart(3, '0')}-9a1b-2c3d4e5f6a7b`,
      plugin: kind === 'check' ? 'sample-catalogue' : 'sample-transfer',
      kind,
      title,
      state,
      priority: number % 5 === 0 ? 10 : 0,
      lane: kind === 'check' ? 'check' : 'disk',
      attempt: state === 'failed' ? 5 : state === 'available' ? (number % 9 === 0 ? 2 : 0) : 1,
      max_attempts: 5,
      progress:
        state === 'leased'
          ? { percent: Math.floor(random() * 90), message: `Reading part ${1 + (number % 4)} of 4` }
          : null,
      error,
      created_at: ago(created),
      run_at: ago(created),
      started_at: started,
      finished_at: finished,
      waits_for:
        state === 'blocked'
          ? {
              id: `op${number}`,
              kind: 'copy',
              done_bytes: Math.floor(random() * 80) * GIGABYTE,
              total_bytes: 92 * GIGABYTE,
              current: `archive/${subject}/part-2.bin`,
            }
          : null,
      unique_key: kind === 'check' ? `check:${subject}` : null,
      payload: { entry: subject, thorough: true },
      result: state === 'succeeded' ? { parts: 4, bytes: 92_113_408_000, differing: 0 } : null,
      log: started
        ? [
            { at: started, level: 'info', message: `Started on ${subject}` },
            { at: started, level: 'debug', message: 'Part 1 of 4 has the announced digest' },
            ...(error ? [{ at: finished ?? started, level: 'error' as const, message: error }] : []),
          ]
        : [],
    };
  });
}

export function seedAudit(): AuditEntry[] {
  const actions: [string, string, string][] = [
    ['plugin.install', 'sample-catalogue 1.4.2', 'ok'],
    ['grant.add', 'sample-catalogue lamphouse:files', 'ok'],
    ['session.login', 'ada', 'ok'],
    ['session.login', 'grace', 'denied'],
    ['mount.add', 'cold-store', 'ok'],
    ['job.cancel', 'Check entry harbour-1102', 'ok'],
    ['user.create', 'margaret', 'ok'],
  ];
  return Array.from({ length: 120 }, (_, number) => {
    const [action, subject, outcome] = actions[number % actions.length] ?? ['session.login', 'ada', 'ok'];
    return {
      sequence: 120 - number,
      at: ago(number * 37),
      actor: number % 4 === 3 ? 'grace' : 'ada',
      action,
      subject,
      outcome,
      detail: { from: '10.0.4.17' },
      request_id: `r-${8000 - number}`,
    };
  });
}

export interface Item {
  id: string;
  title: string;
  state: 'ready' | 'checking' | 'damaged';
  parts: number;
  size: number;
  seen_at: string;
}

export function seedItems(count: number): Item[] {
  const random = createRandom(11);
  return Array.from({ length: count }, (_, number) => ({
    id: String(number + 1),
    title: `${SUBJECTS[number % SUBJECTS.length]}-${String(number + 1).padStart(5, '0')}`,
    state: number % 17 === 0 ? 'damaged' : number % 11 === 0 ? 'checking' : 'ready',
    parts: 1 + Math.floor(random() * 9),
    size: Math.floor(random() * 220 * GIGABYTE),
    seen_at: ago(number * 11),
  }));
}
