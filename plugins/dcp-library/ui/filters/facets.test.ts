import { expect, test } from 'vitest';
import { toRow } from '../data/package-row';
import { facetsOf } from './facets';

test('kinds are counted, the most frequent first; states keep their order and show zero', () => {
  const kinds = ['trailer', 'feature', 'trailer', null] as const;
  const rows = kinds.map((content_kind, at) => toRow({ id: String(at), content_kind, state: 'complete' }));
  const { kind, state, keys } = facetsOf(rows);
  expect(keys.filter(({ count }) => count > 0).map(({ value, count }) => [value, count])).toEqual([['not-needed', 4]]);
  expect(kind.map(({ label, count }) => [label, count])).toEqual([
    ['Trailer', 2],
    ['Feature', 1],
    ['Unknown', 1],
  ]);
  expect(state.map(({ value, count }) => [value, count])).toEqual([
    ['complete', 4],
    ['incomplete', 0],
    ['incoming', 0],
    ['corrupt', 0],
    ['unreachable', 0],
  ]);
});
