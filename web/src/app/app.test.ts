import type { MouseEvent } from 'react';
import { describe, expect, it } from 'vitest';
import { tokenFromHash } from '../features/auth/setup-page';
import { safeNext } from '../features/auth/sign-in-page';
import { hrefBelow, locationBelow } from '../features/plugin-pages/use-inline-host';
import { fieldsText } from '../features/plugins/logs-tab';
import { limitFacts } from '../features/plugins/metrics-tab';
import { currentPage } from './shell-pages';
import { matches } from './use-commands';
import { internalTarget } from './use-internal-links';

describe('currentPage', () => {
  const pages = ['/', '/jobs', '/p/sample', '/p/sample/more'].map((path) => ({ path }));

  it.each([
    ['/', '/'],
    ['/jobs', '/jobs'],
    ['/jobs/7', '/jobs'],
    ['/p/sample/more/x', '/p/sample/more'],
    ['/p/sample/moreover', '/p/sample'],
    ['/p/sampler', undefined],
    ['/zzz', undefined],
  ])('%s lies on %s', (pathname, path) => expect(currentPage(pages, pathname)?.path).toBe(path));
});

describe('safeNext', () => {
  it.each([
    ['/jobs?state=failed', '/jobs?state=failed'],
    ['//elsewhere.invalid', '/'],
    ['/\\elsewhere.invalid', '/'],
    ['https://elsewhere.invalid', '/'],
    ['javascript:alert(1)', '/'],
  ])('%s leads to %s', (next, safe) => expect(safeNext(next)).toBe(safe));
});

it('reads the setup token from the fragment', () => {
  expect(tokenFromHash('#token=abc%2F1')).toBe('abc/1');
  expect(tokenFromHash('')).toBe('');
});

describe('internalTarget', () => {
  function click(html: Record<string, string>, change: Partial<MouseEvent> = {}) {
    const link = document.createElement('a');
    for (const [name, value] of Object.entries(html)) link.setAttribute(name, value);
    return internalTarget({ target: link, button: 0, defaultPrevented: false, ...change } as unknown as MouseEvent);
  }

  it('keeps links of this site in the page', () => {
    expect(click({ href: '/jobs?x=1' })).toBe('/jobs?x=1');
  });

  it.each([
    [{ href: 'https://elsewhere.invalid/' }, {}],
    [{ href: '/api/v1/p/sample/file' }, {}],
    [{ href: '/x', target: '_blank' }, {}],
    [{ href: '/x', download: '' }, {}],
    [{ href: '#main' }, {}],
    [{ href: '/x' }, { ctrlKey: true }],
    [{ href: '/x' }, { button: 1 }],
  ])('leaves %o with %o to the browser', (html, change) =>
    expect(click(html as Record<string, string>, change)).toBeNull(),
  );
});

describe('plugin mounts', () => {
  it('splits an address at the mount', () => {
    const at = (pathname: string) => locationBelow('/entries', { pathname, search: '?a=1', hash: '' }).path;
    expect(at('/entries')).toBe('/');
    expect(at('/entries/7/log')).toBe('/7/log');
  });

  it('joins a path to the mount', () => {
    expect(hrefBelow('/entries', '/')).toBe('/entries');
    expect(hrefBelow('/entries', '/7?tab=log')).toBe('/entries/7?tab=log');
    expect(hrefBelow('/entries', '/?q=x')).toBe('/entries?q=x');
  });
});

it('matches all words of a command in any order', () => {
  expect(matches('Use the dark theme', 'theme DARK')).toBe(true);
  expect(matches('Use the dark theme', 'light')).toBe(false);
});

it('writes limits in units people know', () => {
  const limits = {
    memory_mib: 64,
    storage_mib: 256,
    concurrency: 4,
    wall_ms: 10_000,
    cpu_ms: 2000,
    job_wall_ms: 300_000,
    job_cpu_ms: 60_000,
  };
  const values = limitFacts(limits).map(({ value }) => value);
  expect(values).toEqual(['67.1 MB', '268 MB', '4', '10 s', '2.0 s', '5 min', '1 min']);
});

it('writes log fields as operators search for them', () => {
  expect(fieldsText({ took_ms: 4, path: 'a b' })).toBe('took_ms=4 path=a b');
  expect(fieldsText(null)).toBeUndefined();
});
