import { setLanguage } from '@lamphouse/sdk';
import { beforeEach, describe, expect, it } from 'vitest';
import { formatBytes, formatCount, formatDateTime, formatDuration, formatPercent, formatRelative } from './format';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [12_340, '12.3 kB'],
    [999_600, '1.00 MB'],
    [540e9, '540 GB'],
    [48e12, '48.0 TB'],
    [2e18, '2,000 PB'],
    [-1500, '-1.50 kB'],
  ])('%d is %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('formatDuration', () => {
  it.each([
    [850, '850 ms'],
    [4200, '4.2 s'],
    [42_000, '42 s'],
    [59_960, '1 min'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [273_600_000, '3 d 4 h'],
  ])('%d ms is %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe('formatRelative', () => {
  it('says now for moments just past and just ahead', () => {
    expect(formatRelative(1_000_000, 1_030_000)).toBe('now');
    expect(formatRelative(1_030_000, 1_000_000)).toBe('now');
  });

  it('counts minutes, hours and days', () => {
    const now = Date.parse('2026-01-10T00:00:00Z');
    expect(formatRelative(now - 5 * 60_000, now)).toMatch(/^5 min/);
    expect(formatRelative(now - 3 * 3_600_000, now)).toMatch(/^3 hr/);
    expect(formatRelative(now - 3 * 86_400_000, now)).toMatch(/^3 days/);
  });
});

describe('in another language', () => {
  beforeEach(() => setLanguage('de'));

  it('numbers, sizes and times follow it', () => {
    expect([formatCount(1234567), formatBytes(1_500_000), formatDuration(4_200)]).toEqual([
      '1.234.567',
      '1,50 MB',
      '4,2 s',
    ]);
    expect(formatPercent(42.9)).toBe('42\u00a0%');
    expect(formatRelative(0, 3_600_000)).toBe('vor 1 Std.');
    expect(formatRelative(0, 0)).toBe('jetzt');
    expect(formatDateTime('2026-05-01T10:00:00Z')).toContain('2026');
  });
});
