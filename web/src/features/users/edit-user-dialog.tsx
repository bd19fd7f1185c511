import type { UserAccount } from '@lamphouse/sdk';
import { Button, Dialog, SelectField, TextField } from '@lamphouse/ui';
import { useState } from 'react';
import { api } from '../../lib/api';
import { t } from '../../lib/messages';
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
    failed: t('users.userNotChanged'),
    done: () => {
      onClose();
      return what === 'role'
        ? t('users.isNow', { username: user.username, role })
        : t('users.setANewPasswordFor', { username: user.username });
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
      title={
        what === 'role'
          ? t('users.roleOf', { username: user.username })
          : t('users.newPasswordFor', { username: user.username })
      }
      description={what === 'password' ? t('users.sessionsOfThisUserEnd') : undefined}
      footer={
        <>
          <Button onClick={onClose}>{t('users.cancel')}</Button>
          <Button variant="primary" disabled={!ready} pending={save.isPending} onClick={() => save.mutate()}>
            {t('users.save')}
          </Button>
        </>
      }
    >
      {what === 'role' ? (
        <SelectField label={t('users.role')} options={roles} value={role} onChange={setRole} />
      ) : (
        <TextField
          label={t('users.newPassword')}
          type="password"
          autoComplete="new-password"
          hint={t('users.atLeastCharacters', { least: MIN_PASSWORD })}
          value={password}
          onChange={setPassword}
        />
      )}
      <FormError error={save.error} />
    </Dialog>
  );
}
