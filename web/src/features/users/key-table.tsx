import type { ApiKey } from '@lamphouse/sdk';
import { Button, type Column, DataTable, EmptyState, Menu, RelativeTime, Status, Toolbar } from '@lamphouse/ui';
import { useQuery } from '@tanstack/react-query';
import { KeyRound, Plus, Trash2 } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { api } from '../../lib/api';
import { confirm } from '../../lib/confirm';
import { t } from '../../lib/messages';
import { keysQuery } from '../../lib/queries';
import { useAction } from '../../lib/use-action';
import { NewKeyDialog } from './new-key-dialog';

function keyState(key: ApiKey): { state: 'ok' | 'disabled' | 'stale'; label: string } {
  if (key.revoked_at !== null) return { state: 'disabled', label: t('users.revoked') };
  if (key.expires_at !== null && Date.parse(key.expires_at) < Date.now())
    return { state: 'stale', label: t('users.expired') };
  return { state: 'ok', label: t('users.valid') };
}

function columns(menu: (key: ApiKey) => ReactNode): Column<ApiKey>[] {
  return [
    { id: 'name', header: t('users.name'), value: (key) => key.name, minWidth: 160, mobile: 'title' },
    {
      id: 'prefix',
      header: t('users.startsWith'),
      value: (key) => key.prefix,
      cell: (key) => <code className="font-mono text-small">{key.prefix}…</code>,
      width: 160,
      mobile: 'detail',
    },
    { id: 'role', header: t('users.role'), value: (key) => key.role, width: 120, mobile: 'detail' },
    {
      id: 'state',
      header: t('users.state'),
      value: (key) => keyState(key).label,
      cell: (key) => <Status {...keyState(key)} />,
      width: 110,
      mobile: 'aside',
    },
    {
      id: 'used',
      header: t('users.lastUsed'),
      value: (key) => key.last_used_at,
      cell: (key) => <RelativeTime at={key.last_used_at} />,
      width: 120,
    },
    {
      id: 'expires',
      header: t('users.expires'),
      value: (key) => key.expires_at,
      cell: (key) => <RelativeTime at={key.expires_at} />,
      width: 120,
    },
    {
      id: 'created',
      header: t('users.created'),
      value: (key) => key.created_at,
      cell: (key) => <RelativeTime at={key.created_at} />,
      width: 120,
    },
    {
      id: 'menu',
      header: t('users.actions'),
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
    failed: t('users.keyNotRevoked'),
    done: (_, { name }) => t('users.revokedKey', { name }),
    refreshes: [['keys']],
  });
  const { mutate } = revoke;
  const shown = useMemo(() => {
    const ask = async (key: ApiKey) => {
      const message = t('users.whateverUsesThisKeyIs');
      if (
        await confirm({
          title: t('users.revokeKey', { name: key.name }),
          message,
          confirmLabel: t('users.revokeKey2'),
          danger: true,
        })
      )
        mutate(key);
    };
    return columns((key) => (
      <Menu
        label={t('users.actionsForKey', { name: key.name })}
        items={[
          {
            id: 'revoke',
            label: t('users.revokeKey2'),
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
        <Toolbar label={t('users.apiKeys')}>
          <Button variant="primary" icon={Plus} onClick={() => setCreating(true)}>
            {t('users.createKey')}
          </Button>
        </Toolbar>
      </div>
      <DataTable
        name="keys"
        label={t('users.apiKeys')}
        rows={keys.data ?? []}
        rowId={(key) => key.id}
        columns={shown}
        sort={{ column: 'created', descending: true }}
        loading={keys.isPending}
        error={keys.error}
        onRetry={() => void keys.refetch()}
        empty={<EmptyState icon={KeyRound} title={t('users.noApiKeys')} message={t('users.aKeyLetsAProgram')} />}
      />
      <NewKeyDialog open={creating} onClose={() => setCreating(false)} />
    </>
  );
}
