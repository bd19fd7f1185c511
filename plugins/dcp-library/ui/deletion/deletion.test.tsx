import { Refusal, type RenderPluginOptions, renderPlugin } from '@lamphouse/ui-testing';
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { DeletionPlan, PlannedDeletion, Reason, TrashEntry } from '../data/deletion';
import plugin from '../index';
import { detailOf } from '../mock/detail';
import { documentOf, documentsOf } from '../mock/documents';
import { makePackages, summaryOf } from '../mock/world';

const NOW = Date.parse('2026-03-10T12:00:00Z');
const rows = makePackages(3, NOW).map((row, at) => ({
  ...row,
  content_title: `Film${at}_FTR-1_F`,
  package_name: `folder-${at}`,
  mount: 'library',
  path: `shelf/folder-${at}`,
  copies: 1,
}));
const [first] = rows;
const id = first?.id ?? '';

afterEach(cleanup);

const planned = (at: number, more: Partial<PlannedDeletion> = {}): PlannedDeletion => ({
  id: rows[at]?.id ?? '',
  package_name: `folder-${at}`,
  content_title: null,
  mount: 'library',
  path: `shelf/folder-${at}`,
  copies_left: 0,
  file_count: 5,
  size_bytes: 2e9,
  reasons: [],
  ...more,
});

const needed: Reason = {
  code: 'needed_by_version',
  message: 'others play its tracks',
  packages: [{ id: 'v', package_name: 'Film0-VF' }],
  may_be_overruled: true,
};

const plan = (packages: PlannedDeletion[]): DeletionPlan => ({ packages, size_bytes: 4e9, keep_days: 7 });

function draw(routes: RenderPluginOptions['routes'], options: Partial<RenderPluginOptions> = {}) {
  return renderPlugin(plugin, {
    page: 'library',
    permissions: ['dcp:read', 'dcp:delete'],
    path: `/?item=${id}`,
    ...options,
    routes: {
      ...routes,
      'GET /dcps': () => rows,
      'GET /dcps/summary': () => summaryOf(rows, NOW),
      'GET /dcps/{id}/documents': ({ query }) =>
        first && query.file ? documentOf(first, query.file) : first ? documentsOf(first) : [],
      'GET /dcps/{id}': () => (first ? { ...detailOf(first, rows), ...options } : null),
    },
  } as RenderPluginOptions);
}

const button = (name: string) => screen.findByRole('button', { name });

test('what goes is said exactly, and nothing goes before its name is typed', async () => {
  const view = draw({
    'POST /dcps/deletions/preview': () => plan([planned(0)]),
    'DELETE /dcps/{id}': () => ({ deletions: [] }),
  });
  fireEvent.click(await button('Delete'));
  const dialog = await screen.findByRole('dialog', { name: 'Delete folder-0' });
  const goes = await within(dialog).findByRole('region', { name: 'What goes' });
  expect(goes.textContent).toContain('library/shelf/folder-0');
  expect(goes.textContent).toMatch(/5 files, 2(\.0+)?\s?GB · the only copy in this library/);
  expect(dialog.textContent).toContain('for 7 days');
  const move = within(dialog).getByRole('button', { name: 'Move to trash' }) as HTMLButtonElement;
  const type = (text: string) => fireEvent.change(within(dialog).getByRole('textbox'), { target: { value: text } });
  type('folder-1');
  expect(move.disabled).toBe(true);
  type('folder-0');
  expect(move.disabled).toBe(false);
  fireEvent.click(move);
  await waitFor(() => expect(screen.queryByRole('dialog', { name: 'Delete folder-0' })).toBeNull());
  const sent = view.calls.find(({ method }) => method === 'DELETE');
  expect(sent).toMatchObject({
    path: `/dcps/${id}`,
    query: { place: 'library/shelf/folder-0' },
    body: { name: 'folder-0', even_if: [] },
  });
});

test('what depends on it is named and must be accepted', async () => {
  const view = draw({
    'POST /dcps/deletions/preview': () => plan([planned(0, { reasons: [needed] })]),
    'DELETE /dcps/{id}': () => ({ deletions: [] }),
  });
  fireEvent.click(await button('Delete'));
  const dialog = await screen.findByRole('dialog', { name: 'Delete folder-0' });
  expect((await within(dialog).findByRole('region', { name: 'What speaks against it' })).textContent).toContain(
    'Film0-VF',
  );
  fireEvent.change(within(dialog).getByRole('textbox'), { target: { value: 'folder-0' } });
  const move = within(dialog).getByRole('button', { name: 'Move to trash' }) as HTMLButtonElement;
  expect(move.disabled).toBe(true);
  fireEvent.click(within(dialog).getByRole('checkbox', { name: 'Delete all the same' }));
  fireEvent.click(move);
  await waitFor(() => expect(view.calls.some(({ method }) => method === 'DELETE')).toBe(true));
  expect(view.calls.find(({ method }) => method === 'DELETE')?.body).toMatchObject({ even_if: ['needed_by_version'] });
});

test('what cannot go says why and offers nothing', async () => {
  const denied: Reason = { code: 'no_right', message: 'no', packages: [], may_be_overruled: false };
  draw({ 'POST /dcps/deletions/preview': () => plan([planned(0, { reasons: [denied] })]) });
  fireEvent.click(await button('Delete'));
  const dialog = await screen.findByRole('dialog', { name: 'Delete folder-0' });
  expect(await within(dialog).findByText(/The right to delete on library is missing/)).toBeTruthy();
  expect(within(dialog).queryByRole('textbox')).toBeNull();
});

test('many are confirmed by their number, and a refusal is told', async () => {
  const view = draw(
    {
      'POST /dcps/deletions/preview': () => plan([planned(0), planned(1), planned(2)]),
      'POST /dcps/deletions': () => new Refusal(409, { code: 'deletion_refused', message: 'folder-1: no' }),
    },
    { path: '/' },
  );
  await screen.findByText('Film0');
  fireEvent.click(screen.getByRole('checkbox', { name: /all/i }));
  fireEvent.click(await button('Delete'));
  const dialog = await screen.findByRole('dialog', { name: 'Delete 3 packages' });
  fireEvent.change(await within(dialog).findByLabelText('Type 3 to confirm'), { target: { value: '3' } });
  fireEvent.click(within(dialog).getByRole('button', { name: 'Move to trash' }));
  await waitFor(() => expect(view.toasts.at(-1)).toMatchObject({ message: 'folder-1: no', tone: 'bad' }));
  expect(view.calls.find(({ path }) => path === '/dcps/deletions')?.body).toMatchObject({ confirm: 3, even_if: [] });
  expect(screen.queryByRole('dialog', { name: 'Delete 3 packages' })).not.toBeNull();
});

test('who may not delete sees no way to', async () => {
  draw({}, { permissions: ['dcp:read', 'dcp:manage'] });
  await button('Verify');
  expect(screen.queryByRole('button', { name: 'Delete' })).toBeNull();
  expect(screen.queryByRole('link', { name: 'Trash' })).toBeNull();
});

test('a deletion can be undone from where it is told of, and those of others are not told', async () => {
  const view = draw({ 'POST /dcps/trash/{id}/restore': () => ({}) }, { path: '/' });
  await screen.findByText('Film0');
  const news = (entry: string, by = 'user:ada') =>
    view.emit('dcp.trash', { id: entry, package_name: entry, state: 'trashed', by, message: null });
  news('t1');
  news('t2');
  news('t3', 'user:eve');
  await waitFor(() => expect(view.toasts).toHaveLength(1), { timeout: 3000 });
  expect(view.toasts[0]).toMatchObject({ title: '2 packages are in the trash', action: { label: 'Undo' } });
  view.toasts[0]?.action?.run();
  await waitFor(() => expect(view.calls.filter(({ path }) => path.endsWith('/restore'))).toHaveLength(2));
});

const entry: TrashEntry = {
  id: 't1',
  package_id: id,
  package_name: 'folder-0',
  content_title: null,
  mount: 'library',
  path: 'shelf/folder-0',
  state: 'trashed',
  size_bytes: 2e9,
  by: 'user:ada',
  deleted_at: '2026-03-09T12:00:00Z',
  purge_at: '2026-03-16T12:00:00Z',
  problem: 'its name is taken',
};

test('the trash tells what lies there; one is put back, another deleted for good', async () => {
  const moving: TrashEntry = { ...entry, id: 't2', package_name: 'folder-1', state: 'restoring', problem: null };
  const confirms: unknown[] = [];
  const view = draw(
    {
      'GET /dcps/trash': () => [entry, moving],
      'POST /dcps/trash/{id}/restore': () => ({}),
      'DELETE /dcps/trash/{id}': () => ({}),
    },
    {
      page: 'trash',
      confirms: (request) => {
        confirms.push(request);
        return true;
      },
    } as Partial<RenderPluginOptions>,
  );
  expect(await screen.findByText('its name is taken')).toBeTruthy();
  expect(screen.getByText('Is put back')).toBeTruthy();
  fireEvent.click(await button('Put back'));
  await waitFor(() => expect(view.calls.some(({ path }) => path === '/dcps/trash/t1/restore')).toBe(true));
  fireEvent.click(await button('Delete for good: folder-0'));
  await waitFor(() => expect(view.calls.some(({ method }) => method === 'DELETE')).toBe(true));
  expect(confirms).toMatchObject([{ typed: 'folder-0', danger: true }]);
  expect(view.calls.find(({ method }) => method === 'DELETE')?.body).toEqual({ name: 'folder-0' });
});

test('the documents are shown as they are written, only as many lines as are seen', async () => {
  draw({}, { path: `/?item=${id}&tab=xml` });
  const source = await screen.findByRole('region', { name: 'Source of cpl.xml' });
  expect(source.textContent).toContain('<ContentTitleText>Film0_FTR-1_F</ContentTitleText>');
  expect(source.querySelectorAll('code').length).toBeLessThan(100);
  expect(screen.getByText(/1,206 lines/)).toBeTruthy();
  fireEvent.change(screen.getByLabelText('Document'), { target: { value: 'ASSETMAP.xml' } });
  expect(await screen.findByRole('region', { name: 'Source of ASSETMAP.xml' })).toBeTruthy();
});
