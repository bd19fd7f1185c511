import type { PendingUpgrade, Plugin } from '@lamphouse/sdk';
import { capability, files, HTTP, JOBS, SQL } from './capabilities.ts';
import { ago } from './time.ts';

/** Digest in the addresses of the sample plugins' files. */
export const HASH = '4f6a0c9be21d';

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
    reason: '',
    last_trap: null,
    enabled: true,
    package_hash: `${HASH}7c1d4b8a3e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6071`,
    installed_at: ago(40_000),
    updated_at: ago(6_000),
    capabilities: [SQL, HTTP, JOBS],
    limits: LIMITS,
    routes: [
      { method: 'GET', path: '/items', permission: 'sample:read', summary: 'Lists entries', query: [] },
      { method: 'GET', path: '/items/{id}', permission: 'sample:read', summary: 'One entry', query: [] },
      { method: 'POST', path: '/items/{id}/check', permission: 'sample:manage', summary: 'Checks an entry', query: [] },
    ],
    jobs: [{ kind: 'check', title: 'Check an entry', lane: 'check', concurrency: 2 }],
    permissions: [{ id: 'sample:read', title: 'See entries', roles: ['viewer'] }],
    ui: null,
    pending_upgrade: null,
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

/** A version that asks for more than the installed one. */
export const UPGRADE: PendingUpgrade = {
  version: '2.1.0',
  package_hash: '7b'.repeat(32),
  asked_by: 'user:ada',
  asked_at: ago(30),
  capabilities: [SQL, JOBS, files(false)],
  changes: {
    new: [{ interface: 'lamphouse:files', optional: false, allow: files(false).requested }],
    wider: [{ interface: 'lamphouse:jobs', optional: true, allow: [{ name: 'index', rights: ['enqueue'] }] }],
    gone: [{ interface: 'lamphouse:http', optional: true, allow: [{ name: '/notes', rights: ['serve'] }] }],
  },
};

/** Where the files of a plugin are. */
export const base = (id: string) => `/plugins/${id}/${HASH}/`;

const code = (id: string) => ({ api: 1, base: base(id), entry: 'ui/index.js', styles: ['ui/index.css'] });

const page = (title: string, path: string) => ({
  id: 'items',
  title,
  path,
  alias: false,
  export: 'items',
  group: 'content',
  icon: 'library',
  keys: null,
  order: 10,
  requires: [],
});

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
        ...code('sample-catalogue'),
        pages: [page('Entries', '/entries')],
        slots: [{ slot: 'dashboard.card', title: 'Entries', export: 'itemsCard', order: 10, requires: [] }],
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
      pending_upgrade: UPGRADE,
      ui: {
        mode: 'frame',
        ...code('sample-notes'),
        pages: [page('Notes', '/notes')],
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
