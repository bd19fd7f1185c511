import { Refusal, renderPlugin } from '@lamphouse/ui-testing';
import { fireEvent, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import plugin from './index';

const ITEM = { id: '7', title: 'autumn', state: 'ready', parts: 2, size: 1500, seen_at: '2026-01-01T00:00:00.000Z' };
const OTHER = { ...ITEM, id: '8', title: 'harbour', state: 'damaged' };

describe('sample plugin', () => {
  it('lists entries and opens one in the address', async () => {
    const view = renderPlugin(plugin, { page: 'items', routes: { 'GET /items': () => [ITEM, OTHER] } });
    fireEvent.click(await view.findByText('autumn'));
    expect(view.location().search).toBe('?item=7');
    expect(await view.findByRole('heading', { name: 'autumn' })).toBeTruthy();
  });

  it('takes its filter from the address', async () => {
    const view = renderPlugin(plugin, {
      page: 'items',
      path: '/?state=damaged',
      routes: { 'GET /items': () => [ITEM, OTHER] },
    });
    expect(await view.findByText('harbour')).toBeTruthy();
    expect(view.queryByText('autumn')).toBeNull();
  });

  it('says why the list is missing', async () => {
    const refuse = () => new Refusal(503, { code: 'plugin_busy', message: 'Too many calls at once. Try again.' });
    const view = renderPlugin(plugin, { page: 'items', routes: { 'GET /items': refuse } });
    await waitFor(() => expect(view.getByRole('alert').textContent).toContain('Too many calls at once'));
  });

  it('counts by state in its card', async () => {
    const view = renderPlugin(plugin, { slot: 'itemsCard', routes: { 'GET /items': () => [ITEM, OTHER] } });
    expect(await view.findByText('All 2 entries')).toBeTruthy();
    expect(view.calls[0]).toMatchObject({ path: '/items', query: { limit: '500' } });
  });
});
