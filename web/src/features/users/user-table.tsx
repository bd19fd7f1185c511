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
import { usersQuery } from '../../lib/queries';
import { useSession } from '../../lib/session';
import { useAction } from '../../lib/use-action';
import { EditUserDialog } from './edit-user-dialog';
import { NewUserDialog } from './new-user-dialog';

function columns(menu: (user: UserAccount) => ReactNode): Column<UserAccount>[] {
  return [
    { id: 'username', header: 'User name', value: (user) => user.username, minWidth: 160, mobile: 'title' },
    { id: 'role', header: 'Role', value: (user) => user.role, width: 130, mobile: 'detail' },
    {
      id: 'state',
      header: 'State',
      value: (user) => (user.disabled ? 'Disabled' : 'Active'),
      cell: (user) => (
        <Status state={user.disabled ? 'disabled' : 'ok'} label={user.disabled ? 'Disabled' : 'Active'} />
      ),
      width: 110,
      mobile: 'aside',
    },
    {
      id: 'seen',
      header: 'Last sign-in',
      value: (user) => user.last_sign_in_at,
      cell: (user) => <RelativeTime at={user.last_sign_in_at} />,
      width: 130,
      mobile: 'detail',
    },
    {
      id: 'created',
      header: 'Created',
      value: (user) => user.created_at,
      cell: (user) => <RelativeTime at={user.created_at} />,
      width: 130,
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

type Editing = { user: UserAccount; what: 'role' | 'password' } | null;

export function UserTable() {
  const users = useQuery(usersQuery);
  const { user: self } = useSession();
  const [creating, setCreating] = useState(false);
  const [editing, setEditing] = useState<Editing>(null);
  const toggle = useAction<UserAccount>({
    run: ({ id, disabled }) => api.patch('/users/{id}', { path: { id }, body: { disabled: !disabled } }),
    failed: 'User not changed',
    done: (_, { username, disabled }) => `${disabled ? 'Enabled' : 'Disabled'} ${username}`,
    refreshes: [['users']],
  });
  const remove = useAction<UserAccount>({
    run: ({ id }) => api.delete('/users/{id}', { path: { id } }),
    failed: 'User not deleted',
    done: (_, { username }) => `Deleted ${username}`,
    refreshes: [['users']],
  });
  const { mutate: toggleUser } = toggle;
  const { mutate: removeUser } = remove;
  const selfId = self?.id;
  const shown = useMemo(() => {
    const askRemove = async (user: UserAccount) => {
      const message =
        'The account is gone for good. What it did stays in the audit log. To keep it for later, disable it.';
      const request = {
        title: `Delete ${user.username}?`,
        message,
        confirmLabel: 'Delete user',
        danger: true,
        typed: user.username,
      };
      if (await confirm(request)) removeUser(user);
    };
    const items = (user: UserAccount): MenuItem[] => [
      { id: 'role', label: 'Change role', icon: UserRoundCog, run: () => setEditing({ user, what: 'role' }) },
      { id: 'password', label: 'Set password', icon: KeyRound, run: () => setEditing({ user, what: 'password' }) },
      {
        id: 'toggle',
        label: user.disabled ? 'Enable' : 'Disable',
        icon: user.disabled ? CircleCheck : Ban,
        disabled: user.id === selfId,
        run: () => toggleUser(user),
      },
      {
        id: 'delete',
        label: 'Delete user',
        icon: Trash2,
        danger: true,
        disabled: user.id === selfId,
        run: () => void askRemove(user),
      },
    ];
    return columns((user) => <Menu label={`Actions for ${user.username}`} items={items(user)} />);
  }, [selfId, toggleUser, removeUser]);
  return (
    <>
      <div className="pt-2">
        <Toolbar label="Users">
          <Button variant="primary" icon={Plus} onClick={() => setCreating(true)}>
            Create user
          </Button>
        </Toolbar>
      </div>
      <DataTable
        label="Users"
        rows={users.data ?? []}
        rowId={(user) => user.id}
        columns={shown}
        sort={{ column: 'username', descending: false }}
        loading={users.isPending}
        error={users.error}
        onRetry={() => void users.refetch()}
        empty={<EmptyState icon={Users} title="No users" message="Create an account for each person." />}
      />
      <NewUserDialog open={creating} onClose={() => setCreating(false)} />
      {editing ? <EditUserDialog key={editing.user.id} {...editing} onClose={() => setEditing(null)} /> : null}
    </>
  );
}
