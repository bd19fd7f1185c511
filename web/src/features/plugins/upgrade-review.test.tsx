import type { Plugin } from '@lamphouse/sdk';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { seedPlugins, UPGRADE } from '../../../mock/seed/plugins';
import { useAsked } from '../../lib/confirm';
import { UpgradeReview } from './upgrade-review';

const post = vi.hoisted(() => vi.fn(async () => undefined));
vi.mock('../../lib/api', () => ({ api: { post } }));

const plugin = seedPlugins().find((each) => each.pending_upgrade) as Plugin;

function show(permissions: string[]) {
  const client = new QueryClient();
  client.setQueryData(['session'], { user: null, permissions });
  render(
    <QueryClientProvider client={client}>
      <UpgradeReview plugin={plugin} upgrade={UPGRADE} />
    </QueryClientProvider>,
  );
}

const row = (title: string) => screen.getByText(title).closest('li') as HTMLElement;

describe('UpgradeReview', () => {
  beforeEach(() => post.mockClear());

  it('tells new, wider and gone apart', () => {
    show([]);
    const files = within(row('Use files in mounted folders'));
    expect(files.getByText('New')).toBeTruthy();
    expect(files.getByText('archive').closest('li')?.textContent).toBe('read, write on archive');
    expect(within(row('Run work in the background')).getByText('Wider')).toBeTruthy();
    expect(within(row('Answer requests at addresses of its own')).getByText('No longer asked for')).toBeTruthy();
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('approves what was looked at, and high risk is typed', async () => {
    show(['plugins:manage']);
    fireEvent.click(screen.getByRole('button', { name: 'Approve' }));
    await waitFor(() => expect(useAsked.getState().asked?.request.typed).toBe('sample-notes'));
    expect(post).not.toHaveBeenCalled();
    useAsked.getState().asked?.answer(true);
    const body = { package_hash: UPGRADE.package_hash };
    await waitFor(() =>
      expect(post).toHaveBeenCalledWith('/plugins/{id}/upgrade/approve', { path: { id: 'sample-notes' }, body }),
    );
  });

  it('keeps the installed version', async () => {
    show(['plugins:manage']);
    fireEvent.click(screen.getByRole('button', { name: 'Keep version 2.0.0' }));
    await waitFor(() => expect(post).toHaveBeenCalledWith('/plugins/{id}/upgrade/reject', expect.anything()));
  });
});
