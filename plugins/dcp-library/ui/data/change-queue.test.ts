import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ChangeQueue, type Flush, MOST_SINGLE_READS } from './change-queue';

const SETTLED_MS = 1000;
let flushes: Flush[] = [];
let busy = false;

function queue(): ChangeQueue {
  return new ChangeQueue(
    (flush) => flushes.push(flush),
    () => busy,
  );
}

beforeEach(() => {
  vi.useFakeTimers();
  flushes = [];
  busy = false;
});
afterEach(() => vi.useRealTimers());

test('changes of a moment come together, the last one of an id counts', () => {
  const changes = queue();
  changes.add({ id: 'a', change: 'added' });
  changes.add({ id: 'b', change: 'updated' });
  changes.add({ id: 'a', change: 'removed' });
  expect(flushes).toEqual([]);
  vi.advanceTimersByTime(SETTLED_MS);
  expect(flushes).toEqual([{ read: ['b'], gone: new Set(['a']), reload: false }]);
});

test('a flood is read as a list', () => {
  const changes = queue();
  for (let at = 0; at <= MOST_SINGLE_READS; at += 1) changes.add({ id: String(at), change: 'added' });
  vi.advanceTimersByTime(SETTLED_MS);
  expect(flushes).toEqual([{ read: [], gone: new Set(), reload: true }]);
});

test('while the list is being read the changes wait', () => {
  const changes = queue();
  busy = true;
  changes.add({ id: 'a', change: 'updated' });
  vi.advanceTimersByTime(SETTLED_MS);
  expect(flushes).toEqual([]);
  busy = false;
  vi.advanceTimersByTime(SETTLED_MS);
  expect(flushes).toHaveLength(1);
});

test('a stopped queue stays silent', () => {
  const changes = queue();
  changes.add({ id: 'a', change: 'updated' });
  changes.stop();
  vi.advanceTimersByTime(SETTLED_MS);
  expect(flushes).toEqual([]);
});
