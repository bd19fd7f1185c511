import { expect, test } from 'vitest';
import { titleOf, toRow } from './package-row';

test('a detail becomes the same row as the list has', () => {
  const fields = { id: 'p1', package_name: 'Folder', state: 'complete', resolution: '4K' } as const;
  expect(toRow({ ...fields, compositions: [{}, {}] })).toEqual(toRow({ ...fields, compositions: 2 }));
});

test('what the host leaves out is safe to show', () => {
  const row = toRow({ id: 'p1', assetmap_uuid: '', languages: null });
  expect(row).toMatchObject({
    package_name: 'p1',
    assetmap_uuid: null,
    verified: 'none',
    encryption: 'none',
    keys: { state: 'not-needed', at: null },
    compositions: 0,
  });
  expect(row.languages).toEqual({ sound: [], subtitle: [], closed_caption: [] });
});

test('a state of a newer host does not break the row', () => {
  expect(toRow({ id: 'p1', state: 'quarantined' as 'complete' }).state).toBe('unreachable');
});

test('the title is the content title, else the folder', () => {
  expect(titleOf({ content_title: 'Title', package_name: 'Folder' })).toBe('Title');
  expect(titleOf({ content_title: '', package_name: 'Folder' })).toBe('Folder');
});
