import type { Job } from '@lamphouse/sdk';
import { expect, test } from 'vitest';
import { readScan, scanText } from './scan-progress';
import { currentOf, jobOf, percentOf, readVerification } from './verification';

const job = (fields: Partial<Job>) =>
  ({ id: 'j', kind: 'verify', unique_key: 'verify:p1', progress: null, waits_for: null, ...fields }) as Job;

test('the job of a package is found by its key', () => {
  const other = job({ id: 'other', unique_key: 'verify:p2' });
  expect(jobOf([other, job({})], 'p1')?.id).toBe('j');
  expect(jobOf([job({ kind: 'scan' })], 'p1')).toBeNull();
});

test('progress is that of the hashed bytes, else of the plugin', () => {
  const waits_for = { id: 'o', kind: 'hash', done_bytes: 25, total_bytes: 100, current: 'a.mxf' };
  expect(percentOf(job({ waits_for, progress: { percent: 0, message: null } }))).toBe(25);
  expect(currentOf(job({ waits_for }))).toBe('a.mxf');
  expect(percentOf(job({ waits_for: { ...waits_for, total_bytes: 0 }, progress: { percent: 3, message: null } }))).toBe(
    3,
  );
  expect(percentOf(null)).toBeNull();
});

test('an event tells whether it still runs', () => {
  expect(readVerification({ id: 'p1', state: 'running' })).toEqual({ id: 'p1', running: true });
  expect(readVerification({ id: 'p1', state: 'done' })).toEqual({ id: 'p1', running: false });
  expect(readVerification({ state: 'done' })).toBeNull();
});

test('a scan tells how far it is', () => {
  const scan = readScan({ state: 'running', found: 9030, done: 1204 });
  expect(scanText(scan, String)).toBe('Scanning: 1204 of 9030 packages read');
  expect(scanText(readScan({ state: 'running' }), String)).toBe('Scanning the library');
  expect(readScan({ state: 'done', found: 1, done: 1 }).running).toBe(false);
});
