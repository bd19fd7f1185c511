import type { ApiKey } from '@lamphouse/sdk';
import { Button, type Column, DataTable, EmptyState, Menu, RelativeTime, Status, Toolbar } from '@lamphouse/ui';
import { useQuery } from '@tanstack/react-query';
import { KeyRound, Plus, Trash2 } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { api } from '../../lib/api';
import { confirm } from '../../lib/confirm';
import { keysQuery } from '../../lib/queries';
import { useAction } from '../../lib/use-action';
import { NewKeyDialog } from './new-key-dialog';

function keyState(key: ApiKey): { state: 'ok' | 'disabled' | 'stale'; label: string } {
  if (key.revoked_at !== null) return { state: 'disabled', label: 'Revoked' };
  if (key.expires_at !== null && Date.parse(key.expires_at) < Date.now()) return { state: 'stale', label: 'Expired' };
  return { state: 'ok', label: 'Valid' };
}

function columns(menu: (key: ApiKey) => ReactNode): Column<ApiKey>[] {
  return [
    { id: 'name', header: 'Name', value: (key) => key.name, minWidth: 160, mobile: 'title' },
    {
      id: 'prefix',
      header: 'Starts with',
      value: (key) => key.prefix,
      cell: (key) => <code className="font-mono text-small">{key.prefix}…</code>,
      width: 160,
      mobile: 'detail',
    },
    { id: 'role', header: 'Role', value: (key) => key.role, width: 120, mobile: 'detail' },
    {
      id: 'state',
      header: 'State',
      value: (key) => keyState(key).label,
      cell: (key) => <Status {...keyState(key)} />,
      width: 110,
      mobile: 'aside',
    },
    {
      id: 'used',
      header: 'Last used',
      value: (key) => key.last_used_at,
      cell: (key) => <RelativeTime at={key.last_used_at} />,
      width: 120,
    },
    {
      id: 'expires',
      header: 'Expires',
      value: (key) => key.expires_at,
      cell: (key) => <RelativeTime at={key.expires_at} />,
      width: 120,
    },
    {
      id: 'created',
      header: 'Created',
      value: (key) => key.created_at,
      cell: (key) => <RelativeTime at={key.created_at} />,
      width: 120,
    },
    {
      id: 'menu',
      header: 'Actions',
      value: () => null,
      cell: menu,
      width: 72,
      sortable: false,
      align: 'end',
      mobile: 'action',
    },
  ];
}

export function KeyTable() {
  const keys = useQuery(keysQuery);
  const [creating, setCreating] = useState(false);
  const revoke = useAction<ApiKey>({
    run: ({ id }) => api.delete('/keys/{id}', { path: { id } }),
    failed: 'Key not revoked',
    done: (_, { name }) => `Revoked key ${name}`,
    refreshes: [['keys']],
  });
  const { mutate } = revoke;
  const shown = useMemo(() => {
    const ask = async (key: ApiKey) => {
      const message = 'Whatever uses this key is refused from now on. This cannot be undone.';
      if (await confirm({ title: `Revoke key ${key.name}?`, message, confirmLabel: 'Revoke key', danger: true }))
        mutate(key);
    };
    return columns((key) => (
      <Menu
        label={`Actions for key ${key.name}`}
        items={[
          {
            id: 'revoke',
            label: 'Revoke key',
            icon: Trash2,
            danger: true,
            disabled: key.revoked_at !== null,
            run: () => void ask(key),
          },
        ]}
      />
    ));
  }, [mutate]);
  return (
    <>
      <div className="pt-2">
        <Toolbar label="API keys">
          <Button variant="primary" icon={Plus} onClick={() => setCreating(true)}>
            Create key
          </Button>
        </Toolbar>
      </div>
      <DataTable
        label="API keys"
        rows={keys.data ?? []}
        rowId={(key) => key.id}
        columns={shown}
        sort={{ column: 'created', descending: true }}
        loading={keys.isPending}
        error={keys.error}
        onRetry={() => void keys.refetch()}
        empty={
          <EmptyState
            icon={KeyRound}
            title="No API keys"
            message="A key lets a program act with one role. Create one for each program."
          />
        }
      />
      <NewKeyDialog open={creating} onClose={() => setCreating(false)} />
    </>
  );
}
