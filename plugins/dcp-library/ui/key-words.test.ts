import { expect, test } from 'vitest';
import type { KeyState } from './data/keys';
import { toRowKeys } from './data/keys';
import { keyLabel, keyMoment } from './key-words';

const NOW = Date.parse('2026-03-10T12:00:00Z');
const HOUR = 3_600_000;

function label(state: KeyState, left: number | null): string {
  return keyLabel({ state, at: left === null ? null : new Date(NOW + left).toISOString() }, NOW);
}

test('a key is never promised for longer than it opens', () => {
  expect(label('expires-soon', 36 * HOUR)).toBe('expires in 36 h');
  expect(label('expires-soon', 36 * HOUR - 1)).toBe('expires in 35 h');
  expect(label('expires-soon', HOUR - 1)).toBe('expires in 59 min');
  expect(label('expires-soon', -HOUR)).toBe('expires in 0 min');
  expect(label('valid', 10 * 24 * HOUR - 1)).toBe('valid for 9 days');
  expect(label('not-yet-valid', 72 * HOUR - 1)).toBe('valid in 71 h');
});

test('what no time changes is told by its word', () => {
  expect(label('missing', null)).toBe('missing');
  expect(label('expired', -HOUR)).toBe('expired');
  expect(label('valid', null)).toBe('valid');
  expect(keyMoment({ state: 'missing', at: null })).toBeUndefined();
  expect(keyMoment({ state: 'expired', at: '2026-03-09T12:00:00Z' })).toMatch(/^expired /);
});

test('a row without keys needs none, and a word of a newer host promises nothing', () => {
  expect(toRowKeys(undefined)).toEqual({ state: 'not-needed', at: null });
  expect(toRowKeys({ state: 'revoked' as 'valid' }).state).toBe('missing');
});
