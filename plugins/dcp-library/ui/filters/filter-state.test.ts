import { decodeSearch, patchSearch } from '@lamphouse/sdk';
import { describe, expect, test } from 'vitest';
import { type PackageRow, toRow } from '../data/package-row';
import { dateMs, type Filters, hasFilters, NO_FILTERS, rowFilter, sharedTitles, VIEW_DEFAULTS } from './filter-state';

const NOW = Date.parse('2026-03-10T12:00:00Z');

function row(fields: Partial<PackageRow>): PackageRow {
  return { ...toRow({ id: 'p1', package_name: 'Folder' }), discovered_at: '2026-03-09T12:00:00Z', ...fields };
}

function passes(filters: Partial<Filters>, fields: Partial<PackageRow>): boolean {
  return rowFilter({ ...NO_FILTERS, ...filters }, NOW)(row(fields));
}

describe('the address', () => {
  test('carries every filter and gives it back', () => {
    const patch = {
      q: 'golden tide',
      kind: ['feature', 'trailer'],
      state: ['corrupt'],
      format: ['smpte'],
      issuer: ['Films, Inc.'],
      server_id: ['local'],
      encryption: ['full'],
      keys: ['missing', 'expires-soon'],
      tag: ['festival'],
      duplicates: ['copies'],
      finding: 'asset_missing',
      min_size: 100_000_000_000,
      max_size: 300_000_000_000,
      after: '2026-01-01',
      before: '2026-02-01',
      sort: 'size-',
      item: 'p1',
      tab: 'assets',
    };
    const search = patchSearch('', VIEW_DEFAULTS, patch);
    expect(decodeSearch(search, VIEW_DEFAULTS)).toEqual({ ...VIEW_DEFAULTS, ...patch });
  });

  test('is empty when nothing is set, and after Clear', () => {
    const search = patchSearch('', VIEW_DEFAULTS, { q: 'x', kind: ['feature'], recent: 7, min_size: 5 });
    expect(search).not.toBe('');
    expect(patchSearch(search, VIEW_DEFAULTS, NO_FILTERS)).toBe('');
  });

  test('takes defaults for nonsense', () => {
    const view = decodeSearch('?min_size=large&recent=&kind=', VIEW_DEFAULTS);
    expect(view.min_size).toBe(0);
    expect(view.recent).toBe(0);
    expect(view.kind).toEqual([]);
  });
});

test('only set filters count as filters', () => {
  expect(hasFilters(NO_FILTERS)).toBe(false);
  for (const patch of [{ q: 'a' }, { kind: ['x'] }, { min_size: 1 }, { recent: 1 }, { before: '2026-01-01' }]) {
    expect(hasFilters({ ...NO_FILTERS, ...patch })).toBe(true);
  }
});

describe('rows', () => {
  test('pass when any value of each facet fits', () => {
    const facts = { content_kind: 'feature', state: 'complete', format: 'smpte', encryption: 'full' } as const;
    expect(passes({ kind: ['trailer', 'feature'], state: ['complete'] }, facts)).toBe(true);
    expect(passes({ kind: ['feature'], encryption: ['none'] }, facts)).toBe(false);
    expect(passes({ keys: ['expired', 'missing'] }, { keys: { state: 'missing', at: null } })).toBe(true);
    expect(passes({ keys: ['missing'] }, { keys: { state: 'valid', at: null } })).toBe(false);
    expect(passes({ kind: ['unknown'], format: ['unknown'] }, { content_kind: null, format: null })).toBe(true);
  });

  test('pass by tag, by finding and as duplicates', () => {
    expect(passes({ tag: ['a', 'b'] }, { tags: ['b'] })).toBe(true);
    expect(passes({ tag: ['a'] }, { tags: ['b'] })).toBe(false);
    expect(passes({ duplicates: ['copies'] }, { copies: 2 })).toBe(true);
    expect(passes({ duplicates: ['copies'] }, { copies: 1 })).toBe(false);
    expect(passes({ issuer: ['Films, Inc.', 'unknown'] }, { issuer: null })).toBe(true);
    expect(passes({ issuer: ['Films, Inc.'] }, { issuer: 'Films' })).toBe(false);
    const servers = [{ id: 'local', name: '' }];
    expect(passes({ server_id: ['local', 'harbour'] }, { servers })).toBe(true);
    expect(passes({ server_id: ['harbour'] }, { servers })).toBe(false);
    expect(passes({ finding: 'signed' }, {})).toBe(false);
    const rows = ['A', 'B', 'A', null].map((content_title) => row({ content_title }));
    const around = { sharedTitles: sharedTitles(rows), found: new Set<string>() };
    expect(rows.map(rowFilter({ ...NO_FILTERS, duplicates: ['titles'] }, NOW, around))).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  test('are bounded by size, both ends included', () => {
    expect(passes({ min_size: 100, max_size: 200 }, { total_size_bytes: 100 })).toBe(true);
    expect(passes({ min_size: 100, max_size: 200 }, { total_size_bytes: 200 })).toBe(true);
    expect(passes({ min_size: 100 }, { total_size_bytes: 99 })).toBe(false);
    expect(passes({ max_size: 200 }, { total_size_bytes: 201 })).toBe(false);
  });

  test('are bounded by discovery: days back, or dates with the last day included', () => {
    const at = (discovered_at: string) => ({ discovered_at });
    expect(passes({ recent: 1 }, at('2026-03-09T13:00:00Z'))).toBe(true);
    expect(passes({ recent: 1 }, at('2026-03-09T11:00:00Z'))).toBe(false);
    const noon = new Date(2026, 1, 28, 12).toISOString();
    expect(passes({ after: '2026-02-28', before: '2026-02-28' }, at(noon))).toBe(true);
    expect(passes({ before: '2026-02-27' }, at(noon))).toBe(false);
    expect(passes({ after: '2026-03-01' }, at(noon))).toBe(false);
    expect(passes({ after: '2026-03-01' }, at(''))).toBe(false);
    expect(passes({ after: 'soon' }, at(noon))).toBe(true);
  });

  test('match when every word is somewhere in them, in any letter case', () => {
    const facts = {
      content_title: 'GoldenTide_FTR-1',
      issuer: 'Alder Post',
      languages: { sound: ['fr'], subtitle: [], closed_caption: [] },
    };
    expect(passes({ q: 'ALDER goldent' }, facts)).toBe(true);
    expect(passes({ q: 'folder' }, facts)).toBe(true);
    expect(passes({ q: 'golden missing' }, facts)).toBe(false);
  });
});

test('dates are real dates', () => {
  expect(dateMs('2026-03-10')).toBe(new Date(2026, 2, 10).getTime());
  expect(dateMs('10.03.2026')).toBeNull();
  expect(dateMs('')).toBeNull();
});
