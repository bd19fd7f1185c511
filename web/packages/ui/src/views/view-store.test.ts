import { act, renderHook } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { readViews, sameView, useSavedViews, withView } from './view-store';

const columns = { visible: { size: false }, widths: { title: 300 } };

afterEach(() => localStorage.clear());

it('reads what was kept, and nothing else', () => {
  expect(readViews(null)).toEqual([]);
  expect(readViews('{')).toEqual([]);
  expect(readViews('{"name":"a"}')).toEqual([]);
  const kept = [{ name: 'a', search: '?q=1', columns }, { name: '' }, { search: '?' }, 7, { name: 'b', search: '' }];
  expect(readViews(JSON.stringify(kept))).toEqual([
    { name: 'a', search: '?q=1', columns },
    { name: 'b', search: '', columns: { visible: {}, widths: {} } },
  ]);
});

it('a view of the same name takes the place of the first', () => {
  const views = withView(withView([], { name: 'b', search: '?q=1', columns }), { name: 'a', search: '', columns });
  expect(views.map((view) => view.name)).toEqual(['a', 'b']);
  expect(withView(views, { name: 'b', search: '?q=2', columns })[1]?.search).toBe('?q=2');
});

it('tells whether two views show the same', () => {
  const view = { search: '?q=1', columns };
  expect(sameView(view, { search: '?q=1', columns: { visible: { size: false }, widths: { title: 300 } } })).toBe(true);
  expect(sameView(view, { search: '?q=2', columns })).toBe(false);
  expect(sameView(view, { search: '?q=1', columns: { visible: {}, widths: { title: 300 } } })).toBe(false);
});

it('keeps views in the browser, each key its own', () => {
  const { result, rerender } = renderHook(({ key }) => useSavedViews(key), { initialProps: { key: 'one' } });
  act(() => result.current.save({ name: 'mine', search: '?q=1', columns }));
  expect(readViews(localStorage.getItem('one'))).toHaveLength(1);
  rerender({ key: 'two' });
  expect(result.current.views).toEqual([]);
  rerender({ key: 'one' });
  act(() => result.current.remove('mine'));
  expect([result.current.views, readViews(localStorage.getItem('one'))]).toEqual([[], []]);
});
