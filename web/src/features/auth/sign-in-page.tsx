import { ApiError, decodeSearch } from '@lamphouse/sdk';
import { Button, TextField } from '@lamphouse/ui';
import { useQuery } from '@tanstack/react-query';
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

const Credentials = v.object({
  username: v.pipe(
    v.string(),
    v.trim(),
    v.nonEmpty(() => t('auth.enterUserName')),
  ),
  password: v.pipe(
    v.string(),
    v.nonEmpty(() => t('auth.enterPassword')),
  ),
});

/** Only paths of this site: `//elsewhere` would leave it. */
export function safeNext(next: string): string {
  return /^\/(?![/\\])/.test(next) ? next : '/';
}

export function SignInPage() {
  const router = useRouter();
  const [error, setError] = useState<ApiError | null>(null);
  const { control, handleSubmit, formState } = useValidForm(Credentials, { username: '', password: '' });
  const setup = useQuery({ queryKey: ['setup'], queryFn: () => api.get('/setup') });
  const needed = setup.data?.needed === true;
  useEffect(() => {
    if (needed) router.history.replace('/setup');
  }, [needed, router]);
  const submit = handleSubmit(async (body) => {
    setError(null);
    try {
      await api.post('/auth/login', { body });
      await queryClient.resetQueries();
      router.history.replace(safeNext(decodeSearch(router.history.location.search, { next: '/' }).next));
    } catch (failure) {
      setError(failure instanceof ApiError ? failure : ApiError.unreachable());
    }
  });
  return (
    <AuthFrame title={t('auth.signIn')} intro={t('auth.signInIntro')}>
      <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
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
              autoComplete="current-password"
              error={fieldState.error?.message}
              {...field}
            />
          )}
        />
        <FormError error={error} />
        <Button type="submit" variant="primary" pending={formState.isSubmitting}>
          {t('auth.signIn')}
        </Button>
      </form>
    </AuthFrame>
  );
}
