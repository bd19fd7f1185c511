import { ApiError } from '@lamphouse/sdk';
import { Button, Dialog, SelectField, TextField } from '@lamphouse/ui';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Controller } from 'react-hook-form';
import * as v from 'valibot';
import { api } from '../../lib/api';
import { t } from '../../lib/messages';
import { toast } from '../../lib/toasts';
import { useValidForm } from '../../lib/use-valid-form';
import { FormError } from '../auth/form-error';
import { ROLES } from './roles';

const MIN_PASSWORD = 12;

const NewUser = v.object({
  username: v.pipe(
    v.string(),
    v.trim(),
    v.nonEmpty(() => t('users.enterUserName')),
  ),
  password: v.pipe(
    v.string(),
    v.minLength(MIN_PASSWORD, () => t('users.useAtLeast', { least: MIN_PASSWORD })),
  ),
  role: v.string(),
});

export function NewUserDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const client = useQueryClient();
  const [error, setError] = useState<Error | null>(null);
  const { control, handleSubmit, formState, reset } = useValidForm(NewUser, {
    username: '',
    password: '',
    role: 'viewer',
  });
  const close = () => {
    reset();
    setError(null);
    onClose();
  };
  const submit = handleSubmit(async (body) => {
    setError(null);
    try {
      await api.post('/users', { body });
      await client.invalidateQueries({ queryKey: ['users'] });
      toast({ title: t('users.created2', { username: body.username }) });
      close();
    } catch (failure) {
      setError(failure instanceof Error ? failure : ApiError.unreachable());
    }
  });
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? null : close())}
      title={t('users.createUser')}
      footer={
        <>
          <Button onClick={close}>{t('users.cancel')}</Button>
          <Button variant="primary" pending={formState.isSubmitting} onClick={() => void submit()}>
            {t('users.createUser')}
          </Button>
        </>
      }
    >
      <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
        <Controller
          control={control}
          name="username"
          render={({ field, fieldState }) => (
            <TextField label={t('users.userName')} error={fieldState.error?.message} {...field} />
          )}
        />
        <Controller
          control={control}
          name="password"
          render={({ field, fieldState }) => (
            <TextField
              label={t('users.password')}
              type="password"
              autoComplete="new-password"
              hint={t('users.atLeastCharacters', { least: MIN_PASSWORD })}
              error={fieldState.error?.message}
              {...field}
            />
          )}
        />
        <Controller
          control={control}
          name="role"
          render={({ field: { value, onChange } }) => (
            <SelectField label={t('users.role')} options={ROLES} value={value} onChange={onChange} />
          )}
        />
        <FormError error={error} />
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
