import type { UserAccount } from '@lamphouse/sdk';
import {
  Button,
  type Column,
  DataTable,
  EmptyState,
  Menu,
  type MenuItem,
  RelativeTime,
  Status,
  Toolbar,
} from '@lamphouse/ui';
import { useQuery } from '@tanstack/react-query';
import { Ban, CircleCheck, KeyRound, Plus, Trash2, UserRoundCog, Users } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { api } from '../../lib/api';
import { confirm } from '../../lib/confirm';
import { t } from '../../lib/messages';
import { usersQuery } from '../../lib/queries';
import { useSession } from '../../lib/session';
import { useAction } from '../../lib/use-action';
import { EditUserDialog } from './edit-user-dialog';
import { NewUserDialog } from './new-user-dialog';

function columns(menu: (user: UserAccount) => ReactNode): Column<UserAccount>[] {
  return [
    { id: 'username', header: t('users.userName'), value: (user) => user.username, minWidth: 160, mobile: 'title' },
    { id: 'role', header: t('users.role'), value: (user) => user.role, width: 130, mobile: 'detail' },
    {
      id: 'state',
      header: t('users.state'),
      value: (user) => (user.disabled ? t('users.disabled') : t('users.active')),
      cell: (user) => (
        <Status
          state={user.disabled ? 'disabled' : 'ok'}
          label={user.disabled ? t('users.disabled') : t('users.active')}
        />
      ),
      width: 110,
      mobile: 'aside',
    },
    {
      id: 'seen',
      header: t('users.lastSignIn'),
      value: (user) => user.last_sign_in_at,
      cell: (user) => <RelativeTime at={user.last_sign_in_at} />,
      width: 130,
      mobile: 'detail',
    },
    {
      id: 'created',
      header: t('users.created'),
      value: (user) => user.created_at,
      cell: (user) => <RelativeTime at={user.created_at} />,
      width: 130,
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

type Editing = { user: UserAccount; what: 'role' | 'password' } | null;

export function UserTable() {
  const users = useQuery(usersQuery);
  const { user: self } = useSession();
  const [creating, setCreating] = useState(false);
  const [editing, setEditing] = useState<Editing>(null);
  const toggle = useAction<UserAccount>({
    run: ({ id, disabled }) => api.patch('/users/{id}', { path: { id }, body: { disabled: !disabled } }),
    failed: t('users.userNotChanged'),
    done: (_, { username, disabled }) => t(disabled ? 'users.enabledNamed' : 'users.disabledNamed', { username }),
    refreshes: [['users']],
  });
  const remove = useAction<UserAccount>({
    run: ({ id }) => api.delete('/users/{id}', { path: { id } }),
    failed: t('users.userNotDeleted'),
    done: (_, { username }) => t('users.deleted', { username }),
    refreshes: [['users']],
  });
  const { mutate: toggleUser } = toggle;
  const { mutate: removeUser } = remove;
  const selfId = self?.id;
  const shown = useMemo(() => {
    const askRemove = async (user: UserAccount) => {
      const message = t('users.theAccountIsGoneFor');
      const request = {
        title: t('users.delete', { username: user.username }),
        message,
        confirmLabel: t('users.deleteUser'),
        danger: true,
        typed: user.username,
      };
      if (await confirm(request)) removeUser(user);
    };
    const items = (user: UserAccount): MenuItem[] => [
      { id: 'role', label: t('users.changeRole'), icon: UserRoundCog, run: () => setEditing({ user, what: 'role' }) },
      {
        id: 'password',
        label: t('users.setPassword'),
        icon: KeyRound,
        run: () => setEditing({ user, what: 'password' }),
      },
      {
        id: 'toggle',
        label: user.disabled ? t('users.enable') : t('users.disable'),
        icon: user.disabled ? CircleCheck : Ban,
        disabled: user.id === selfId,
        run: () => toggleUser(user),
      },
      {
        id: 'delete',
        label: t('users.deleteUser'),
        icon: Trash2,
        danger: true,
        disabled: user.id === selfId,
        run: () => void askRemove(user),
      },
    ];
    return columns((user) => <Menu label={t('users.actionsFor', { username: user.username })} items={items(user)} />);
  }, [selfId, toggleUser, removeUser]);
  return (
    <>
      <div className="pt-2">
        <Toolbar label={t('users.users')}>
          <Button variant="primary" icon={Plus} onClick={() => setCreating(true)}>
            {t('users.createUser')}
          </Button>
        </Toolbar>
      </div>
      <DataTable
        name="users"
        label={t('users.users')}
        rows={users.data ?? []}
        rowId={(user) => user.id}
        columns={shown}
        sort={{ column: 'username', descending: false }}
        loading={users.isPending}
        error={users.error}
        onRetry={() => void users.refetch()}
        empty={<EmptyState icon={Users} title={t('users.noUsers')} message={t('users.createAnAccountForEach')} />}
      />
      <NewUserDialog open={creating} onClose={() => setCreating(false)} />
      {editing ? <EditUserDialog key={editing.user.id} {...editing} onClose={() => setEditing(null)} /> : null}
    </>
  );
}
