/** The plugin's routes over the invented library, with a verification and a scan that take their time. */
import type { ApiRequest, ApiResponse, Job, LiveEvent, Transport } from '@lamphouse/sdk';
import type { LibraryMount } from '../data/library-summary';
import type { PackageRow } from '../data/package-row';
import type { TagChange } from '../data/use-remarks';
import { detailOf } from './detail';
import { documentOf, documentsOf } from './documents';
import { historyOf } from './history';
import { messagesOf } from './keys';
import { findingsOf, similarTo, storageOf, tagMany } from './overview';
import { makeTrash } from './trash';
import { summaryOf } from './world';

export interface MockServer {
  transport: Transport;
  jobs: () => Job[];
}

export interface MockOptions {
  rows: PackageRow[];
  nowMs: number;
  emit: (event: LiveEvent) => void;
  /** Overrides of the summary's mounts. */
  mounts?: LibraryMount[];
  /** Answers everything with this error. */
  failure?: ApiResponse;
}

const STEP_MS = 400;
const STEPS = 25;

function answer(body: unknown, status = 200): ApiResponse {
  return { status, body, link: null, total: null };
}

function page(rows: readonly PackageRow[], { query = {} }: ApiRequest): ApiResponse {
  const from = Number(query.cursor ?? 0);
  const until = from + Number(query.limit ?? rows.length);
  const link = until < rows.length ? `</dcps?cursor=${until}>; rel="next"` : null;
  return { status: 200, body: rows.slice(from, until), link, total: rows.length };
}

export function makeServer(options: MockOptions): MockServer {
  const { rows, nowMs, emit } = options;
  const running = new Map<string, Job>();
  const publish = (type: string, data: Record<string, unknown>) =>
    emit({ type, timestamp: new Date().toISOString(), data });
  const trash = makeTrash(rows, nowMs, publish);
  const find = (id: string) => rows.find((row) => row.id === id || row.assetmap_uuid === id);

  const verify = (row: PackageRow): ApiResponse => {
    const { assets } = detailOf(row, []);
    const job = verifyJob(row, new Date().toISOString());
    running.set(row.id, job);
    let step = 0;
    const timer = setInterval(() => {
      step += 1;
      const current = assets[Math.floor((step / (STEPS + 1)) * assets.length)]?.path ?? null;
      const ended = step > STEPS;
      running.set(row.id, {
        ...job,
        waits_for: { id: job.id, kind: 'hash', done_bytes: step, total_bytes: STEPS, current },
      });
      if (ended) {
        clearInterval(timer);
        running.delete(row.id);
        Object.assign(row, { verified: 'ok', last_verified: new Date().toISOString() });
        publish('dcp.changed', { id: row.id, change: 'updated' });
      }
      publish('jobs.changed', { id: job.id, kind: job.kind });
      publish('dcp.verify', {
        id: row.id,
        percent: Math.min(100, (step / STEPS) * 100),
        state: ended ? 'ok' : 'running',
      });
    }, STEP_MS);
    return answer({ job_id: job.id }, 202);
  };

  const scan = (): ApiResponse => {
    let done = 0;
    const timer = setInterval(() => {
      done = Math.min(rows.length, done + Math.ceil(rows.length / 10));
      publish('dcp.scan', { state: done < rows.length ? 'running' : 'done', found: rows.length, done });
      if (done === rows.length) clearInterval(timer);
    }, STEP_MS);
    return answer({ job_id: 'scan-1' }, 202);
  };

  const route = (request: ApiRequest): ApiResponse => {
    const { method, path } = request;
    const [, , id = '', action] = path.split('/');
    if (options.failure) return options.failure;
    const ofTrash = trash(request);
    if (ofTrash !== null) return ofTrash;
    if (path === '/dcps') return request.query?.q ? answer(similarTo(rows)) : page(rows, request);
    if (path === '/dcps/findings') return answer(findingsOf(rows, request.query?.code));
    if (path === '/dcps/storage') return answer(storageOf(rows, nowMs));
    if (path === '/dcps/tags' && method === 'POST') return answer(tagMany(rows, request.body as TagChange));
    if (path === '/dcps/verify' && method === 'POST') {
      const chosen = (request.body as { packages: string[] }).packages.flatMap((each) => find(each) ?? []);
      chosen.forEach(verify);
      return answer({ packages: chosen.length }, 202);
    }
    if (path === '/dcps/summary') {
      const summary = summaryOf(rows, nowMs);
      return answer(options.mounts ? { ...summary, mounts: options.mounts } : summary);
    }
    if (path === '/dcps/kdms' && method === 'GET') return answer(messagesOf(rows, request.query));
    if (path === '/dcps/kdms' && method === 'POST') {
      return answer({ code: 'kdm_refused', message: 'The invented library takes no keys.' }, 422);
    }
    if (path === '/dcps/scan' && method === 'POST') return scan();
    const row = find(id);
    if (row === undefined) return answer({ code: 'package_not_found', message: `no package ${id}` }, 404);
    if (action === 'verify') return verify(row);
    if (method === 'PUT') {
      Object.assign(row, request.body);
      publish('dcp.changed', { id, change: 'updated' });
      return answer(row);
    }
    if (action === 'documents') {
      const { file } = request.query ?? {};
      return answer(typeof file === 'string' ? documentOf(row, file) : documentsOf(row));
    }
    return answer(action === 'history' ? historyOf(row) : detailOf(row, rows));
  };
  return { transport: async (request) => route(request), jobs: () => [...running.values()] };
}

function verifyJob(row: PackageRow, at: string): Job {
  return {
    id: `verify-${row.id}`,
    plugin: 'dcp-library',
    kind: 'verify',
    title: `Verify ${row.package_name}`,
    state: 'blocked',
    priority: 0,
    lane: 'hash',
    attempt: 1,
    max_attempts: 3,
    progress: { percent: null, message: null },
    error: null,
    created_at: at,
    run_at: at,
    started_at: at,
    finished_at: null,
    waits_for: null,
    unique_key: `verify:${row.id}`,
  };
}
