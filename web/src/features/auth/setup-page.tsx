import { ApiError } from '@lamphouse/sdk';
import { Button, TextField } from '@lamphouse/ui';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { Controller } from 'react-hook-form';
import * as v from 'valibot';
import { api } from '../../lib/api';
import { t } from '../../lib/messages';
import { queryClient } from '../../lib/query-client';
import { useValidForm } from '../../lib/use-valid-form';
import { AuthFrame } from './auth-frame';
import { FormError } from './form-error';

const MIN_PASSWORD = 12;

const FirstAccount = v.pipe(
  v.object({
    token: v.pipe(
      v.string(),
      v.trim(),
      v.nonEmpty(() => t('auth.enterToken')),
    ),
    username: v.pipe(
      v.string(),
      v.trim(),
      v.nonEmpty(() => t('auth.chooseUserName')),
    ),
    password: v.pipe(
      v.string(),
      v.minLength(MIN_PASSWORD, () => t('auth.useAtLeast', { least: MIN_PASSWORD })),
    ),
    again: v.string(),
  }),
  v.forward(
    v.partialCheck(
      [['password'], ['again']],
      ({ password, again }) => password === again,
      () => t('auth.passwordsDiffer'),
    ),
    ['again'],
  ),
);

/** The token in the link's fragment, which no server log ever sees. */
export function tokenFromHash(hash: string): string {
  return new URLSearchParams(hash.replace(/^#/, '')).get('token') ?? '';
}

export function SetupPage() {
  const router = useRouter();
  const [error, setError] = useState<ApiError | null>(null);
  const [linked] = useState(() => tokenFromHash(window.location.hash));
  const { control, handleSubmit, formState } = useValidForm(FirstAccount, {
    token: linked,
    username: '',
    password: '',
    again: '',
  });
  useEffect(() => {
    if (window.location.hash !== '') router.history.replace('/setup');
  }, [router]);
  const submit = handleSubmit(async ({ token, username, password }) => {
    setError(null);
    try {
      await api.post('/setup', { body: { token, username, password } });
      await queryClient.resetQueries();
      router.history.replace('/');
    } catch (failure) {
      setError(failure instanceof ApiError ? failure : ApiError.unreachable());
    }
  });
  return (
    <AuthFrame title={t('auth.createTheFirstAccount')} intro={t('auth.firstAccountIntro')}>
      <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
        {linked === '' ? (
          <Controller
            control={control}
            name="token"
            render={({ field, fieldState }) => (
              <TextField
                label={t('auth.setupToken')}
                hint={t('auth.theHostPrintedItWith')}
                mono
                error={fieldState.error?.message}
                {...field}
              />
            )}
          />
        ) : null}
        <Controller
          control={control}
          name="username"
          render={({ field, fieldState }) => (
            <TextField
              label={t('auth.userName')}
              autoComplete="username"
              error={fieldState.error?.message}
              {...field}
            />
          )}
        />
        <Controller
          control={control}
          name="password"
          render={({ field, fieldState }) => (
            <TextField
              label={t('auth.password')}
              type="password"
              autoComplete="new-password"
              hint={t('auth.atLeastCharacters', { least: MIN_PASSWORD })}
              error={fieldState.error?.message}
              {...field}
            />
          )}
        />
        <Controller
          control={control}
          name="again"
          render={({ field, fieldState }) => (
            <TextField
              label={t('auth.passwordAgain')}
              type="password"
              autoComplete="new-password"
              error={fieldState.error?.message}
              {...field}
            />
          )}
        />
        <FormError error={error} />
        <Button type="submit" variant="primary" pending={formState.isSubmitting}>
          {t('auth.createAccount')}
        </Button>
      </form>
    </AuthFrame>
  );
}
