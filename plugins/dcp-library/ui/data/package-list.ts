/** The packages held in the browser, and how events change them. */
import type { PackageRow } from './package-row';

export interface PackageList {
  rows: readonly PackageRow[];
  /** How many there are on the host. */
  total: number;
  /** False while pages are still being read. */
  complete: boolean;
}

export interface PackageChange {
  id: string;
  change: 'added' | 'updated' | 'removed';
}

/** The list after a page was read; only the first page tells the total. A row that is already there keeps its place and takes the newer content. */
export function appendPage(list: PackageList, page: readonly PackageRow[], total: number | null): PackageList {
  const rows = mergeRows(list.rows, page);
  return { rows, total: Math.max(total ?? list.total, rows.length), complete: false };
}

/** The list with rows put in, replaced or taken out. The same object when nothing changed. */
export function patchList(list: PackageList, found: readonly PackageRow[], gone: ReadonlySet<string>): PackageList {
  const kept = gone.size === 0 ? list.rows : list.rows.filter((row) => !gone.has(row.id));
  const rows = mergeRows(kept, found);
  if (rows === list.rows) return list;
  const total = Math.max(rows.length, list.total + rows.length - list.rows.length);
  return { ...list, rows, total };
}

function mergeRows(rows: readonly PackageRow[], found: readonly PackageRow[]): readonly PackageRow[] {
  if (found.length === 0) return rows;
  const newer = new Map(found.map((row) => [row.id, row]));
  const merged = rows.map((row) => {
    const replacement = newer.get(row.id);
    newer.delete(row.id);
    return replacement ?? row;
  });
  return [...merged, ...newer.values()];
}

/** Reads the changes out of an event's data: one, or the list of a batch; nothing out of anything else. */
export function readChanges(data: Record<string, unknown>): PackageChange[] {
  const { id, change, changes } = data;
  if (Array.isArray(changes)) return changes.flatMap(readChanges);
  if (typeof id !== 'string') return [];
  return [{ id, change: change === 'added' || change === 'removed' ? change : 'updated' }];
}
