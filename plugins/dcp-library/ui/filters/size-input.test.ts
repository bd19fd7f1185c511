import { expect, test } from 'vitest';
import { formatGigabytes, parseGigabytes } from './size-input';

test('sizes are typed in gigabytes with a point or a comma', () => {
  expect(parseGigabytes('100')).toBe(100e9);
  expect(parseGigabytes(' 2,5 ')).toBe(2.5e9);
  expect(parseGigabytes('')).toBe(0);
  for (const text of ['-1', 'a lot', '1e9', '1.2345', '12 GB']) expect(parseGigabytes(text)).toBeNull();
});

test('a bound reads back as it was typed', () => {
  for (const text of ['100', '2.5', '0.001']) expect(formatGigabytes(parseGigabytes(text) ?? -1)).toBe(text);
  expect(formatGigabytes(0)).toBe('');
});
