import type { UserAccount } from '@lamphouse/sdk';
import { Button, Dialog, SelectField, TextField } from '@lamphouse/ui';
import { useState } from 'react';
import { api } from '../../lib/api';
import { useAction } from '../../lib/use-action';
import { FormError } from '../auth/form-error';
import { ROLES } from './roles';

const MIN_PASSWORD = 12;

export interface EditUserDialogProps {
  user: UserAccount;
  what: 'role' | 'password';
  onClose: () => void;
}

export function EditUserDialog({ user, what, onClose }: EditUserDialogProps) {
  const [role, setRole] = useState(user.role);
  const [password, setPassword] = useState('');
  const save = useAction({
    run: () => api.patch('/users/{id}', { path: { id: user.id }, body: what === 'role' ? { role } : { password } }),
    failed: 'User not changed',
    done: () => {
      onClose();
      return what === 'role' ? `${user.username} is now ${role}` : `Set a new password for ${user.username}`;
    },
    refreshes: [['users']],
  });
  const ready = what === 'role' ? role !== user.role : password.length >= MIN_PASSWORD;
  const roles = ROLES.some(({ value }) => value === user.role)
    ? ROLES
    : [...ROLES, { value: user.role, label: user.role }];
  return (
    <Dialog
      open
      onOpenChange={(next) => (next ? null : onClose())}
      title={what === 'role' ? `Role of ${user.username}` : `New password for ${user.username}`}
      description={what === 'password' ? 'Sessions of this user end.' : undefined}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" disabled={!ready} pending={save.isPending} onClick={() => save.mutate()}>
            Save
          </Button>
        </>
      }
    >
      {what === 'role' ? (
        <SelectField label="Role" options={roles} value={role} onChange={setRole} />
      ) : (
        <TextField
          label="New password"
          type="password"
          autoComplete="new-password"
          hint={`At least ${MIN_PASSWORD} characters.`}
          value={password}
          onChange={setPassword}
        />
      )}
      <FormError error={save.error} />
    </Dialog>
  );
}
