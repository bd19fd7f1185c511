import { ApiError } from '@lamphouse/sdk';
import { Button, CheckboxField, Dialog, TextField } from '@lamphouse/ui';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Controller } from 'react-hook-form';
import * as v from 'valibot';
import { api } from '../../lib/api';
import { t } from '../../lib/messages';
import { toast } from '../../lib/toasts';
import { useValidForm } from '../../lib/use-valid-form';
import { FormError } from '../auth/form-error';

const NewMount = v.object({
  name: v.pipe(
    v.string(),
    v.trim(),
    v.regex(/^[a-z0-9][a-z0-9-]*$/, () => t('mounts.useSmallLetters')),
  ),
  path: v.pipe(
    v.string(),
    v.trim(),
    v.startsWith('/', () => t('mounts.giveWholePath')),
  ),
  writable: v.boolean(),
  deletable: v.boolean(),
});

export function AddMountDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const client = useQueryClient();
  const [error, setError] = useState<Error | null>(null);
  const {
    control,
    handleSubmit,
    formState,
    reset,
    setError: setFieldError,
  } = useValidForm(NewMount, { name: '', path: '', writable: false, deletable: false });
  const close = () => {
    reset();
    setError(null);
    onClose();
  };
  const submit = handleSubmit(async ({ name, path, writable, deletable }) => {
    setError(null);
    const rights = ['read', 'watch', ...(writable ? ['write'] : []), ...(deletable ? ['delete'] : [])];
    try {
      await api.post('/mounts', { body: { name, path, rights } });
      await client.invalidateQueries({ queryKey: ['mounts'] });
      toast({ title: t('mounts.addedMount', { name }) });
      close();
    } catch (failure) {
      const refused = failure instanceof ApiError ? failure : ApiError.unreachable();
      if (refused.field === 'name' || refused.field === 'path')
        setFieldError(refused.field, { message: refused.message });
      else setError(refused);
    }
  });
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? null : close())}
      title={t('mounts.addMount')}
      description={t('mounts.theMostAnyPluginCan')}
      footer={
        <>
          <Button onClick={close}>{t('mounts.cancel')}</Button>
          <Button variant="primary" pending={formState.isSubmitting} onClick={() => void submit()}>
            {t('mounts.addMount')}
          </Button>
        </>
      }
    >
      <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
        <Controller
          control={control}
          name="name"
          render={({ field, fieldState }) => (
            <TextField
              label={t('mounts.name')}
              hint={t('mounts.pluginsKnowItByThis')}
              error={fieldState.error?.message}
              {...field}
            />
          )}
        />
        <Controller
          control={control}
          name="path"
          render={({ field, fieldState }) => (
            <TextField label={t('mounts.pathOnThisMachine')} mono error={fieldState.error?.message} {...field} />
          )}
        />
        <Controller
          control={control}
          name="writable"
          render={({ field: { value, onChange } }) => (
            <CheckboxField
              label={t('mounts.allowWriting')}
              hint={t('mounts.readingAndWatchingAreAlways')}
              checked={value}
              onChange={onChange}
            />
          )}
        />
        <Controller
          control={control}
          name="deletable"
          render={({ field: { value, onChange } }) => (
            <CheckboxField label={t('mounts.allowDeleting')} checked={value} onChange={onChange} />
          )}
        />
        <FormError error={error} />
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
