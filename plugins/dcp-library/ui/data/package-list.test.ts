import { expect, test } from 'vitest';
import { appendPage, type PackageList, patchList, readChanges } from './package-list';
import { toRow } from './package-row';

const row = (id: string, package_name = id) => toRow({ id, package_name });
const names = (list: PackageList) => list.rows.map((each) => each.package_name);
const list: PackageList = { rows: [row('a'), row('b'), row('c')], total: 3, complete: true };

test('pages are put together; a row that comes twice counts once', () => {
  const first = appendPage({ rows: [], total: 0, complete: false }, [row('a'), row('b')], 5);
  const both = appendPage(first, [row('b', 'newer'), row('c')], null);
  expect(names(both)).toEqual(['a', 'newer', 'c']);
  expect(both.total).toBe(5);
});

test('a changed row keeps its place, a new one comes last, a removed one goes', () => {
  const next = patchList(list, [row('b', 'newer'), row('d')], new Set(['a']));
  expect(names(next)).toEqual(['newer', 'c', 'd']);
  expect(next.total).toBe(3);
});

test('nothing changed is the same list, so nothing is drawn again', () => {
  expect(patchList(list, [], new Set())).toBe(list);
});

test('events without an id are no changes', () => {
  expect(readChanges({ id: 'a', change: 'removed' })).toEqual([{ id: 'a', change: 'removed' }]);
  expect(readChanges({ id: 'a', change: 'renamed' })).toEqual([{ id: 'a', change: 'updated' }]);
  expect(readChanges({ change: 'added' })).toEqual([]);
});

test('a batch of changes comes as one event', () => {
  const [first, second] = [{ id: 'a', change: 'added' } as const, { id: 'b', change: 'removed' } as const];
  expect(readChanges({ changes: [first, { change: 'added' }, second] })).toEqual([first, second]);
});
