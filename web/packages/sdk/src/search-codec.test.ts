import { describe, expect, it } from 'vitest';
import { decodeSearch, patchSearch } from './search-codec';

const DEFAULTS = { q: '', kinds: [] as string[], page: 1, open: false };

describe('search codec', () => {
  it('gives defaults for what is missing or malformed', () => {
    expect(decodeSearch('?page=abc&open=perhaps', DEFAULTS)).toEqual(DEFAULTS);
  });

  it.each([
    { q: 'a & b=c?', kinds: ['x', 'y'], page: 7, open: true },
    { q: ',', kinds: ['Films, Inc.', '100%', '%2C'], page: 2, open: false },
    { q: 'ü#', kinds: ['one'], page: -2.5, open: false },
    DEFAULTS,
  ])('round-trips %o', (values) => {
    expect(decodeSearch(patchSearch('', DEFAULTS, values), DEFAULTS)).toEqual(values);
  });

  it('leaves defaults out and other parameters in', () => {
    expect(patchSearch('?q=old&other=1', DEFAULTS, { q: '', page: 1 })).toBe('?other=1');
    expect(patchSearch('', DEFAULTS, { kinds: ['x', 'y'] })).toBe('?kinds=x,y');
  });
});
