import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Connect, Plugin } from 'vite';
import { answer, type MockAnswer, problem } from './routes.ts';
import { HASH } from './seed/plugins.ts';
import { createWorld, type Scenario, type World } from './world.ts';

const SAMPLE = join(import.meta.dirname, '../packages/ui-testing/sample/dist');
const PERMISSIONS = [
  'session:use',
  'plugins:read',
  'plugins:manage',
  'jobs:read',
  'jobs:manage',
  'events:read',
  'notices:read',
  'notices:manage',
  'mounts:read',
  'mounts:manage',
  'users:manage',
  'audit:read',
  'metrics:read',
  'sample:read',
  'sample:manage',
];
const ADA = { id: 'u1', username: 'ada', role: 'admin', is_admin: true };
const PASSWORD = 'correct horse battery';
const TICK_MS = 700;
const TYPES: Record<string, string> = { js: 'text/javascript', css: 'text/css', map: 'application/json' };

const worlds = new Map<string, World>();

/** A name may have an ending, `full-7`: each test then has a world to itself. */
function worldOf(scenario: string): World {
  const known = worlds.get(scenario);
  if (known) return known;
  const made = createWorld(scenario.split('-')[0] as Scenario);
  worlds.set(scenario, made);
  return made;
}

function cookie(request: IncomingMessage, name: string): string | null {
  return new RegExp(`(?:^|; )${name}=([^;]*)`).exec(request.headers.cookie ?? '')?.[1] ?? null;
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return null;
  }
}

function send(response: ServerResponse, { status, body, headers = {} }: MockAnswer): void {
  response.writeHead(status, {
    'content-type': status >= 400 ? 'application/problem+json' : 'application/json',
    ...headers,
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

function logIn(response: ServerResponse): void {
  const body = {
    access_token: 'ls_mock',
    token_type: 'bearer',
    expires_at: new Date(Date.now() + 3.6e6).toISOString(),
    user: ADA,
  };
  send(response, {
    status: 200,
    body,
    headers: { 'set-cookie': 'lamphouse_session=mock; HttpOnly; SameSite=Strict; Path=/' },
  });
}

/** Progress of the running jobs, as the host would tell it. */
function stream(world: World, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  let sequence = 0;
  const emit = (type: string, data: unknown) => {
    sequence += 1;
    response.write(
      `id: ${sequence}\nevent: ${type}\ndata: ${JSON.stringify({ type, timestamp: new Date().toISOString(), data })}\n\n`,
    );
  };
  emit('hello', { sequence });
  const timer = setInterval(() => {
    for (const job of world.jobs.filter((each) => each.state === 'leased')) {
      const percent = ((job.progress?.percent ?? 0) + 1) % 100;
      job.progress = { percent, message: job.progress?.message ?? null };
      emit('jobs.progress', { id: job.id, plugin: job.plugin, progress: job.progress });
    }
  }, TICK_MS);
  request.on('close', () => clearInterval(timer));
}

async function api(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
  const scenario = cookie(request, 'mock_scenario') ?? 'full';
  const world = worldOf(scenario);
  const path = url.pathname.replace('/api/v1', '');
  const method = request.method ?? 'GET';
  const body = method === 'GET' ? null : await readBody(request);
  const route = `${method} ${path}`;
  if (route === 'GET /setup') return send(response, { status: 200, body: { needed: world.setupNeeded } });
  if (route === 'POST /setup') {
    world.setupNeeded = false;
    return logIn(response);
  }
  if (route === 'POST /auth/login') {
    const good = (body as { password?: string } | null)?.password === PASSWORD;
    return good
      ? logIn(response)
      : send(
          response,
          problem(401, 'invalid_credentials', 'User name or password is wrong. Check both, then try again.'),
        );
  }
  if (cookie(request, 'lamphouse_session') !== 'mock')
    return send(response, problem(401, 'not_signed_in', 'Sign in first.'));
  if (route === 'POST /auth/logout')
    return send(response, { status: 204, headers: { 'set-cookie': 'lamphouse_session=; Path=/; Max-Age=0' } });
  if (route === 'GET /auth/me')
    return send(response, { status: 200, body: { user: ADA, permissions: PERMISSIONS, last_sign_in_at: null } });
  if (path === '/events')
    return scenario === 'failing'
      ? send(response, problem(503, 'busy', 'No more streams.'))
      : stream(world, request, response);
  const shell = ['/navigation', '/system'].includes(path);
  if (scenario === 'failing' && !shell)
    return send(
      response,
      problem(
        500,
        'internal',
        'The host could not read its database. What is kept there is safe; try again in a moment.',
      ),
    );
  send(response, answer(world, { method, path, query: url.searchParams, body }));
}

function asset(response: ServerResponse, path: string): void {
  try {
    const content = readFileSync(join(SAMPLE, path));
    response.writeHead(200, {
      'content-type': TYPES[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
    });
    response.end(content);
  } catch {
    response.writeHead(404).end();
  }
}

interface Built {
  html: string;
  importMap: string;
  frame: string;
  styles: string[];
}

function readBuilt(dist: string): Built {
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8')) as Record<
    string,
    { file: string; css?: string[]; imports?: string[] }
  >;
  const entry = manifest['src/frame/main.tsx'];
  const css = new Set<string>();
  const walk = (key: string, seen = new Set<string>()) => {
    if (seen.has(key)) return;
    seen.add(key);
    for (const file of manifest[key]?.css ?? []) css.add(file);
    for (const next of manifest[key]?.imports ?? []) walk(next, seen);
  };
  walk('src/frame/main.tsx');
  return {
    html,
    importMap: /<script type="importmap">([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '',
    frame: entry?.file ?? '',
    styles: [...css],
  };
}

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

function shellPolicy({ importMap }: Built): string {
  return `default-src 'none'; script-src 'self' ${hashOf(importMap)}; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; frame-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;
}

function framePage(built: Built, origin: string, plugin: string): { html: string; policy: string } {
  const own = `${origin}/assets/ ${origin}/plugins/${plugin}/${HASH}/ui/`;
  const policy = `sandbox allow-scripts allow-forms allow-downloads; default-src 'none'; script-src ${own} ${hashOf(built.importMap)}; style-src ${own} 'unsafe-inline'; img-src ${own} data: blob:; font-src ${origin}/assets/; connect-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors ${origin}`;
  const links = [...built.styles.map((file) => `/${file}`), `/plugins/${plugin}/${HASH}/ui/index.css`].map(
    (href) => `<link rel="stylesheet" href="${href}">`,
  );
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${plugin}</title><script type="importmap">${built.importMap}</script>${links.join('')}</head><body><main id="root"></main><script type="module" crossorigin src="/${built.frame}"></script></body></html>`;
  return { html, policy };
}

function handler(dist: string | null): Connect.NextHandleFunction {
  return (request, response, next) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    if (url.pathname.startsWith('/api/v1')) return void api(request, response, url);
    const file = new RegExp(`^/plugins/[a-z-]+/${HASH}/ui/(.+)$`).exec(url.pathname)?.[1];
    if (file) return asset(response, file);
    if (dist === null) return next();
    if (url.pathname.startsWith('/plugin-frame/')) {
      const { html, policy } = framePage(readBuilt(dist), url.origin, url.pathname.split('/')[2] ?? '');
      response.writeHead(200, {
        'content-type': 'text/html',
        'cache-control': 'no-store',
        'content-security-policy': policy,
      });
      return void response.end(html);
    }
    if (url.pathname.startsWith('/assets/')) response.setHeader('access-control-allow-origin', '*');
    if (/\.[a-z0-9]+$/.test(url.pathname)) return next();
    const built = readBuilt(dist);
    response.writeHead(200, {
      'content-type': 'text/html',
      'cache-control': 'no-cache',
      'content-security-policy': shellPolicy(built),
    });
    response.end(built.html);
  };
}

/** Answers as a host would, from made-up data; the preview also sends the host's security headers. */
export function mockBackend(): Plugin {
  return {
    name: 'lamphouse:mock-backend',
    configureServer(server) {
      server.middlewares.use(handler(null));
    },
    configurePreviewServer(server) {
      server.middlewares.use(handler(join(server.config.root, server.config.build.outDir)));
    },
  };
}
