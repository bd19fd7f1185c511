import { ApiError } from '@lamphouse/sdk';
import { Button, TextField } from '@lamphouse/ui';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { Controller } from 'react-hook-form';
import * as v from 'valibot';
import { api } from '../../lib/api';
import { queryClient } from '../../lib/query-client';
import { useValidForm } from '../../lib/use-valid-form';
import { AuthFrame } from './auth-frame';
import { FormError } from './form-error';

const MIN_PASSWORD = 12;

const FirstAccount = v.pipe(
  v.object({
    token: v.pipe(v.string(), v.trim(), v.nonEmpty('Enter the token the host printed when it first started.')),
    username: v.pipe(v.string(), v.trim(), v.nonEmpty('Choose a user name.')),
    password: v.pipe(v.string(), v.minLength(MIN_PASSWORD, `Use at least ${MIN_PASSWORD} characters.`)),
    again: v.string(),
  }),
  v.forward(
    v.partialCheck([['password'], ['again']], ({ password, again }) => password === again, 'The two passwords differ.'),
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
    <AuthFrame
      title="Create the first account"
      intro="It becomes the administrator of this host. More accounts come later."
    >
      <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
        {linked === '' ? (
          <Controller
            control={control}
            name="token"
            render={({ field, fieldState }) => (
              <TextField
                label="Setup token"
                hint="The host printed it, with a link to this page, when it first started."
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
            <TextField label="User name" autoComplete="username" error={fieldState.error?.message} {...field} />
          )}
        />
        <Controller
          control={control}
          name="password"
          render={({ field, fieldState }) => (
            <TextField
              label="Password"
              type="password"
              autoComplete="new-password"
              hint={`At least ${MIN_PASSWORD} characters.`}
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
              label="Password again"
              type="password"
              autoComplete="new-password"
              error={fieldState.error?.message}
              {...field}
            />
          )}
        />
        <FormError error={error} />
        <Button type="submit" variant="primary" pending={formState.isSubmitting}>
          Create account
        </Button>
      </form>
    </AuthFrame>
  );
}
