import type { Job } from '@lamphouse/sdk';
import { Refusal, type RenderPluginOptions, renderPlugin } from '@lamphouse/ui-testing';
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { RowKeys } from './data/keys';
import type { PackageRow } from './data/package-row';
import plugin from './index';
import { detailOf } from './mock/detail';
import { messagesOf } from './mock/keys';
import { storageOf } from './mock/overview';
import { makePackages, summaryOf } from './mock/world';

const NOW = Date.parse('2026-03-10T12:00:00Z');

afterEach(cleanup);

function world(count: number): PackageRow[] {
  return makePackages(count, NOW).map((row, at) => ({
    ...row,
    content_title: `Film${at}_FTR-1_F`,
    package_name: `folder-${at}`,
  }));
}

function draw(rows: PackageRow[], options: Partial<RenderPluginOptions> & { mounts?: unknown } = {}) {
  const { mounts, routes = {}, ...rest } = options;
  const summary = { ...summaryOf(rows, NOW), ...(mounts === undefined ? {} : { mounts }) };
  return renderPlugin(plugin, {
    page: 'library',
    permissions: ['dcp:read', 'dcp:manage', 'plugins:manage'],
    routes: {
      // The first that fits answers: those of a test come before the general ones.
      ...routes,
      'GET /dcps': () => rows,
      'GET /dcps/summary': () => summary,
      'GET /dcps/kdms': ({ query }) => messagesOf(rows, query),
      'POST /dcps/scan': () => ({ job_id: 'j1' }),
      'POST /dcps/{id}/verify': () => ({ job_id: 'j2' }),
      'GET /dcps/{id}': ({ params }) => {
        const row = rows.find(({ id }) => id === params[0]);
        return row ? detailOf(row, rows) : new Refusal(404, { code: 'not_found', message: 'no such package' });
      },
      ...routes,
    },
    ...rest,
  } as RenderPluginOptions);
}

test('lists packages and opens one in the panel, its tab in the address', async () => {
  const view = draw(world(5));
  fireEvent.click(await screen.findByText('Film2'));
  expect((await screen.findByRole('heading', { level: 2, name: /Film2/ })).textContent).toBe('Film2_FTR-1_F');
  fireEvent.click(await screen.findByRole('tab', { name: /Raw ids/ }));
  expect(view.location().search).toContain('tab=ids');
  fireEvent.click(screen.getByRole('button', { name: 'Close panel' }));
  expect(view.location().search).toBe('');
});

test('the brackets walk along the filtered and sorted list', async () => {
  const rows = world(5);
  const view = draw(rows, { path: '/?sort=title-' });
  fireEvent.click(await screen.findByText('Film2'));
  fireEvent.keyDown(document.body, { key: ']' });
  expect(view.location().search).toContain(rows[1]?.id);
  fireEvent.keyDown(document.body, { key: '[' });
  fireEvent.keyDown(document.body, { key: '[' });
  expect(view.location().search).toContain(rows[3]?.id);
});

test('filters come from the address and can be cleared', async () => {
  const view = draw(world(5), { path: '/?q=film3' });
  expect(await screen.findByText('Film3')).toBeTruthy();
  expect(screen.queryByText('Film2')).toBeNull();
  fireEvent.click(screen.getByRole('button', { name: 'Clear' }));
  expect(await screen.findByText('Film2')).toBeTruthy();
  expect(view.location().search).toBe('');
});

test('a changed package changes its row, a removed one goes', async () => {
  const rows = world(3);
  const view = draw(rows);
  await screen.findByText('Film0');
  Object.assign(rows[0] as PackageRow, { content_title: 'Renamed_FTR-1_F' });
  const [removed] = rows.splice(2, 1);
  view.emit('dcp.changed', { id: rows[0]?.id, change: 'updated' });
  view.emit('dcp.changed', { id: removed?.id, change: 'removed' });
  expect(await screen.findByText('Renamed', {}, { timeout: 3000 })).toBeTruthy();
  await waitFor(() => expect(screen.queryByText('Film2')).toBeNull());
});

test('a mount whose right was taken back is told, with the way to grant it', async () => {
  const mounts = [
    {
      name: 'library',
      online: true,
      granted: false,
      reason: 'The right to read `library` was taken back',
      packages: 3,
    },
  ];
  draw(world(3), { mounts });
  expect(await screen.findByText(/Its 3 packages are shown as unreachable/)).toBeTruthy();
  expect(screen.getByRole('link', { name: 'Open the grants' }).getAttribute('href')).toContain('?tab=grants');
});

test('without a mount it says how to add one and offers no scan', async () => {
  draw([], { mounts: [] });
  expect(await screen.findByText('No folder to look in yet')).toBeTruthy();
  expect(screen.getByText(/lamphouse mount add library PATH/)).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Scan now' })).toBeNull();
});

test('an empty library, an empty filter and an error are told apart', async () => {
  draw([]);
  expect(await screen.findByText('No packages found')).toBeTruthy();
  cleanup();
  draw(world(2), { path: '/?q=nothing-like-it' });
  expect(await screen.findByText('Nothing matches')).toBeTruthy();
  cleanup();
  const refusal = new Refusal(503, { code: 'plugin_not_running', message: 'The plugin is not running.' });
  draw([], { routes: { 'GET /dcps': () => refusal, 'GET /dcps/summary': () => refusal } });
  expect(await screen.findByText('The plugin is not running.')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy();
});

/** One encrypted package with these keys. */
function keyed(keys: RowKeys): PackageRow[] {
  return world(1).map((row) => ({ ...row, encryption: 'full', keys }));
}

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000 + 60_000).toISOString();

test('the table tells whether a key opens it, and filters by it', async () => {
  const rows = world(3);
  Object.assign(rows[0] as PackageRow, { keys: { state: 'expires-soon', at: inHours(36) } });
  Object.assign(rows[1] as PackageRow, { keys: { state: 'missing', at: null } });
  Object.assign(rows[2] as PackageRow, { keys: { state: 'not-needed', at: null } });
  draw(rows, { path: '/?keys=expires-soon,missing' });
  expect(await screen.findByText('expires in 36 h')).toBeTruthy();
  expect(screen.getByText('missing')).toBeTruthy();
  expect(screen.queryByText('Film2')).toBeNull();
});

test('the panel tells the devices with their windows and files; what needs no key has no such part', async () => {
  const rows = keyed({ state: 'valid', at: inHours(240) });
  draw(rows, { path: `/?item=${rows[0]?.id}` });
  const summary = await screen.findByRole('region', { name: /Keys/ });
  expect(within(summary).getByText('valid for 10 days')).toBeTruthy();
  fireEvent.click(within(summary).getByRole('button', { name: 'See the keys' }));
  const [first, second] = within(await screen.findByRole('tabpanel')).getAllByRole('listitem');
  expect(first?.textContent).toMatch(/Screen-1.*valid for 10 days.*added here/);
  expect(second?.textContent).toMatch(/Screen-2.*expired.*keys\/.*screen-2/);
  cleanup();
  const plain = keyed({ state: 'not-needed', at: null });
  draw(plain, { path: `/?item=${plain[0]?.id}` });
  await screen.findByRole('tab', { name: /Overview/ });
  expect(screen.queryByRole('region', { name: /Keys/ })).toBeNull();
  expect(screen.queryByRole('tab', { name: /Keys/ })).toBeNull();
});

test('a key is added from its file, and a refusal is told in the words of the host', async () => {
  const rows = keyed({ state: 'missing', at: null });
  let answer: unknown = new Refusal(422, { code: 'kdm_refused', message: 'it is no key delivery message' });
  const view = draw(rows, { path: `/?item=${rows[0]?.id}&tab=keys`, routes: { 'POST /dcps/kdms': () => answer } });
  expect(await screen.findByText(/No key is here/)).toBeTruthy();
  const add = () =>
    fireEvent.change(screen.getByLabelText('Files of keys'), { target: { files: [new File(['<kdm/>'], 'a.xml')] } });
  add();
  await waitFor(() => expect(view.toasts.at(-1)).toMatchObject({ message: 'it is no key delivery message' }));
  answer = { id: 'k1', content_title: 'Another', packages: [] };
  add();
  await waitFor(() => expect(view.toasts.at(-1)?.message).toContain('Another'));
  answer = { id: 'k1', content_title: 'Film0', packages: [{ id: rows[0]?.id }] };
  add();
  await waitFor(() => expect(view.toasts.at(-1)).toMatchObject({ title: 'Key added', tone: 'ok' }));
  expect(view.calls.filter(({ path }) => path === '/dcps/kdms').map(({ body }) => body)).toContain('<kdm/>');
});

test('only a key that was added here can be forgotten, after a question', async () => {
  const rows = keyed({ state: 'valid', at: inHours(240) });
  const view = draw(rows, { page: 'keys', routes: { 'DELETE /dcps/kdms/{id}': () => null } });
  const forget = await screen.findAllByRole('button', { name: /^Forget the key for/ });
  expect(forget.map((each) => each.getAttribute('aria-label'))).toEqual(['Forget the key for SM SPB.Example.Screen-1']);
  fireEvent.click(forget[0] as HTMLElement);
  await waitFor(() => expect(view.calls.some(({ method }) => method === 'DELETE')).toBe(true));
});

test('a batch of changes in one event changes rows and panel', async () => {
  const rows = world(3);
  const view = draw(rows, { path: `/?item=${rows[1]?.id}` });
  await screen.findByRole('heading', { level: 2, name: /Film1/ });
  for (const row of rows.slice(0, 2)) Object.assign(row, { content_title: `Renamed${row.package_name}_FTR-1_F` });
  const summaries = () => view.calls.filter(({ path }) => path === '/dcps/summary').length;
  const before = summaries();
  view.emit('dcp.changed-many', { changes: rows.map(({ id }) => ({ id, change: 'updated' })) });
  expect(await screen.findByText('Renamedfolder-0', {}, { timeout: 3000 })).toBeTruthy();
  expect(await screen.findByRole('heading', { level: 2, name: /Renamedfolder-1/ })).toBeTruthy();
  await waitFor(() => expect(summaries()).toBe(before + 1));
});

test('a reader without the right sees no actions', async () => {
  const rows = keyed({ state: 'missing', at: null });
  draw(rows, { permissions: ['dcp:read'], path: `/?item=${rows[0]?.id}&tab=keys` });
  await screen.findByText(/No key is here/);
  for (const name of ['Scan now', 'Verify', 'Rescan', 'Add a key'])
    expect(screen.queryByRole('button', { name })).toBeNull();
});

test('a verification is asked for and followed to its end', async () => {
  const rows = world(1);
  const id = rows[0]?.id ?? '';
  const jobs = [
    { id: 'j2', kind: 'verify', state: 'blocked', unique_key: `verify:${id}`, waits_for: null },
  ] as Partial<Job>[] as Job[];
  const view = draw(rows, { path: `/?item=${id}`, jobs });
  expect(await screen.findByRole('progressbar', { name: 'Verification' })).toBeTruthy();
  jobs.length = 0;
  view.emit('dcp.verify', { id, state: 'done', percent: 100 });
  await waitFor(() => expect(screen.queryByRole('progressbar', { name: 'Verification' })).toBeNull());
  fireEvent.click(screen.getByRole('button', { name: 'Verify' }));
  await waitFor(() =>
    expect(view.calls.some(({ method, path }) => method === 'POST' && path === `/dcps/${id}/verify`)).toBe(true),
  );
});

test('the card tells totals and leads to the filtered list', async () => {
  const rows = world(40);
  draw(rows, { page: undefined, slot: 'summary' });
  const link = await screen.findByRole('link', { name: /40\s*packages/ });
  expect(link.getAttribute('href')).toBe('/library');
  const complete = rows.filter(({ state }) => state === 'complete').length;
  const items = within(screen.getByRole('list')).getByRole('link', { name: `${complete} complete` });
  expect(items.getAttribute('href')).toBe('/library?state=complete');
});

test('a view keeps filters, sort and columns under a name of its own', async () => {
  const rows = world(40);
  const view = draw(rows, { path: '/?q=a&sort=size-' });
  fireEvent.click(await screen.findByRole('button', { name: 'Views' }));
  fireEvent.change(await screen.findByLabelText('Name of a new view'), { target: { value: 'large ones' } });
  fireEvent.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByRole('button', { name: 'large ones', expanded: true })).toBeTruthy();
  fireEvent.click(screen.getByRole('button', { name: 'Clear' }));
  await waitFor(() => expect(view.location().search).toBe('?sort=size-'));
  fireEvent.click(screen.getByRole('button', { name: 'large ones, changed' }));
  fireEvent.click(await screen.findByRole('button', { name: 'large ones' }));
  await waitFor(() => expect(new URLSearchParams(view.location().search).get('q')).toBe('a'));
});

test('what holds the words nowhere is looked for by the host, and the reader is told', async () => {
  const rows = world(5);
  const asked: unknown[] = [];
  draw(rows, {
    path: '/?q=fylm3',
    routes: {
      'GET /dcps': ({ query }) => {
        if (query?.q === undefined) return rows;
        asked.push(query.q);
        return [{ ...rows[3], distance: 0.2 }];
      },
    },
  });
  expect(await screen.findByText('No exact match for “fylm3”; showing 1 similar package.')).toBeTruthy();
  expect(screen.getByText('Film3')).toBeTruthy();
  expect(screen.queryByText('Film2')).toBeNull();
  expect(asked).toEqual(['fylm3']);
});

test('tags are shown, filtered by, and given to many', async () => {
  const rows = world(3);
  Object.assign(rows[0] as PackageRow, { tags: ['festival'] });
  const view = draw(rows, { routes: { 'POST /dcps/tags': () => ({ packages: 3 }) } });
  expect(await screen.findByText('festival')).toBeTruthy();
  fireEvent.click(screen.getByRole('checkbox', { name: /all/i }));
  fireEvent.click(await screen.findByRole('button', { name: 'Tag' }));
  fireEvent.change(await screen.findByLabelText('Tags'), { target: { value: 'New One, x' } });
  fireEvent.click(screen.getByRole('checkbox', { name: 'festival · on 1 of them' }));
  fireEvent.click(screen.getByRole('button', { name: 'Apply' }));
  await waitFor(() => expect(view.calls.find(({ path }) => path === '/dcps/tags')).toBeTruthy());
  const body = view.calls.find(({ path }) => path === '/dcps/tags')?.body;
  expect(body).toMatchObject({ add: ['new one', 'x'], remove: ['festival'] });
  cleanup();
  draw(rows, { path: '/?tag=festival' });
  expect(await screen.findByText('Film0')).toBeTruthy();
  expect(screen.queryByText('Film1')).toBeNull();
});

test('a package keeps tags and a note of its own', async () => {
  const rows = world(1).map((row) => ({ ...row, tags: ['old'], note: '' }));
  const id = rows[0]?.id ?? '';
  const put = ({ params }: { params: readonly string[] }) => ({ id: params[0] });
  const view = draw(rows, {
    path: `/?item=${id}`,
    routes: { 'PUT /dcps/{id}/tags': put, 'PUT /dcps/{id}/note': put },
  });
  const part = await screen.findByRole('region', { name: 'Tags and note' });
  fireEvent.click(within(part).getByRole('button', { name: 'Remove the tag old' }));
  fireEvent.change(within(part).getByLabelText('Note'), { target: { value: 'for Friday' } });
  fireEvent.click(within(part).getByRole('button', { name: 'Save the note' }));
  await waitFor(() => expect(view.calls.filter(({ method }) => method === 'PUT')).toHaveLength(2));
  const bodies = view.calls.filter(({ method }) => method === 'PUT').map(({ body }) => body);
  expect(bodies).toEqual([{ tags: [] }, { note: 'for Friday' }]);
});

test('the history of a package is told in its tab', async () => {
  const rows = world(1);
  const id = rows[0]?.id ?? '';
  draw(rows, {
    path: `/?item=${id}&tab=history`,
    routes: { 'GET /dcps/{id}/history': () => [{ at: '2026-03-09T12:00:00Z', kind: 'discovered' }] },
  });
  expect(await screen.findByText('Seen for the first time')).toBeTruthy();
});

test('findings and storage lead to the packages they tell of', async () => {
  const rows = world(4);
  const missing = { code: 'asset_missing', severity: 'error', meaning: 'A listed file is not there.', packages: 1 };
  const routes = {
    'GET /dcps/findings': () => [{ ...missing, count: 2, package_ids: [rows[1]?.id] }],
    'GET /dcps/storage': () => storageOf(rows, NOW),
  };
  draw(rows, { page: 'findings', routes });
  const link = await screen.findByRole('link', { name: 'Show the 1 package with asset_missing' });
  expect(link.getAttribute('href')).toBe('/library?finding=asset_missing');
  cleanup();
  draw(rows, { path: '/?finding=asset_missing', routes });
  expect(await screen.findByText('Film1')).toBeTruthy();
  expect(screen.queryByText('Film2')).toBeNull();
  cleanup();
  draw(rows, { page: 'storage', routes });
  const kinds = await screen.findByRole('region', { name: 'By kind' });
  const first = within(kinds).getAllByRole('link')[0];
  expect(first?.getAttribute('href')).toMatch(/^\/library\?kind=/);
});

test('rot is told at once', async () => {
  const view = draw(world(1));
  await screen.findByText('Film0');
  view.emit('dcp.rot', { id: 'x', package_name: 'Film0', assets: ['a', 'b'] });
  await waitFor(() => expect(view.toasts.at(-1)).toMatchObject({ title: 'Film0', tone: 'bad' }));
  expect(view.toasts.at(-1)?.message).toContain('2 files rotted');
});
