/** Deletions and the trash of the invented library. */
import type { ApiRequest, ApiResponse } from '@lamphouse/sdk';
import type { Copy, DeletionPlan, PlannedDeletion, Reason, TrashEntry } from '../data/deletion';
import type { PackageRow } from '../data/package-row';

const DAY_MS = 86_400_000;
const STEP_MS = 700;
const KEEP_DAYS = 7;

type Publish = (type: string, data: Record<string, unknown>) => void;

const answer = (body: unknown, status = 200): ApiResponse => ({ status, body, link: null, total: null });

/** Every original version is needed by a version file of the same title, if there is one. */
function reasonsOf(row: PackageRow, rows: readonly PackageRow[]): Reason[] {
  const title = row.content_title?.split('_')[0];
  const needing = rows.filter((each) => each.package_type === 'VF' && each.content_title?.split('_')[0] === title);
  if (row.package_type !== 'OV' || row.content_kind !== 'feature' || needing.length === 0) return [];
  const packages = needing.slice(0, 3).map(({ id, package_name }) => ({ id, package_name }));
  return [{ code: 'needed_by_version', message: 'others play its tracks', packages, may_be_overruled: true }];
}

function planned(row: PackageRow, rows: readonly PackageRow[]): PlannedDeletion {
  return {
    id: row.id,
    package_name: row.package_name,
    content_title: row.content_title,
    mount: row.mount ?? 'library',
    path: row.path ?? '',
    copies_left: row.copies - 1,
    file_count: row.file_count,
    size_bytes: row.total_size_bytes,
    reasons: reasonsOf(row, rows),
  };
}

/** Answers what concerns deleting; null for everything else. */
export function makeTrash(rows: PackageRow[], nowMs: number, publish: Publish) {
  const entries: TrashEntry[] = rows.slice(-3).map((row, at) => entryOf(row, nowMs - (at + 1) * DAY_MS));
  const kept = new Map(rows.slice(-3).map((row) => [row.id, row]));
  rows.splice(-3, 3);

  const tell = (entry: TrashEntry, state: string) =>
    publish('dcp.trash', { ...entry, state, package_name: entry.package_name, by: 'user:operator', message: null });
  const drop = (entry: TrashEntry) => void entries.splice(entries.indexOf(entry), 1);

  const remove = (ids: readonly string[]): ApiResponse => {
    const going = rows.filter(({ id }) => ids.includes(id));
    const asked = going.map((row) => ({ ...entryOf(row, Date.now()), state: 'deleting' as const }));
    entries.unshift(...asked);
    for (const entry of asked) tell(entry, 'deleting');
    setTimeout(() => {
      for (const row of going) {
        rows.splice(rows.indexOf(row), 1);
        kept.set(row.id, row);
        publish('dcp.changed', { id: row.id, change: 'removed' });
      }
      for (const entry of asked) {
        Object.assign(entry, { state: 'trashed' });
        tell(entry, 'trashed');
      }
    }, STEP_MS);
    return answer({ deletions: asked.map(({ id, package_id }) => ({ package_id, trash_id: id })) }, 202);
  };

  const restore = (entry: TrashEntry): ApiResponse => {
    Object.assign(entry, { state: 'restoring' });
    tell(entry, 'restoring');
    setTimeout(() => {
      const row = kept.get(entry.package_id);
      if (row) rows.unshift(row);
      drop(entry);
      tell(entry, 'restored');
      publish('dcp.changed', { id: entry.package_id, change: 'added' });
    }, STEP_MS);
    return answer({ trash_id: entry.id }, 202);
  };

  return ({ method, path, body }: ApiRequest): ApiResponse | null => {
    const [, , second = '', third = '', action] = path.split('/');
    const { packages = [] } = (body ?? {}) as { packages?: readonly Copy[] };
    if (path === '/dcps/deletions/preview') {
      const wanted = packages.flatMap(({ id }) => rows.filter((row) => row.id === id));
      const plans = wanted.map((row) => planned(row, rows));
      const plan: DeletionPlan = {
        packages: plans,
        size_bytes: plans.reduce((sum, each) => sum + each.size_bytes, 0),
        keep_days: KEEP_DAYS,
      };
      return answer(plan);
    }
    if (path === '/dcps/deletions') return remove(packages.map(({ id }) => id));
    if (path === '/dcps/trash') return answer(entries);
    if (second === 'trash') {
      const entry = entries.find(({ id }) => id === third);
      if (entry === undefined) return answer({ code: 'not_found', message: 'nothing in the trash has that id' }, 404);
      if (action === 'restore') return restore(entry);
      drop(entry);
      tell(entry, 'purged');
      return answer({ trash_id: entry.id }, 202);
    }
    if (method === 'DELETE' && path === `/dcps/${second}`) return remove([second]);
    return null;
  };
}

function entryOf(row: PackageRow, atMs: number): TrashEntry {
  return {
    id: `trash-${row.id}`,
    package_id: row.id,
    package_name: row.package_name,
    content_title: row.content_title,
    mount: row.mount ?? 'library',
    path: row.path ?? '',
    state: 'trashed',
    size_bytes: row.total_size_bytes,
    by: 'user:operator',
    deleted_at: new Date(atMs).toISOString(),
    purge_at: new Date(atMs + KEEP_DAYS * DAY_MS).toISOString(),
    problem: null,
  };
}
