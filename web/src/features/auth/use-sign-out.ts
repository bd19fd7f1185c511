import type { SessionAnswer } from '@lamphouse/sdk';
import { useRouter } from '@tanstack/react-router';
import { api } from '../../lib/api';
import { t } from '../../lib/messages';
import { queryClient } from '../../lib/query-client';
import { useAction } from '../../lib/use-action';

export function useSignOut() {
  const router = useRouter();
  return useAction({
    run: () => api.post('/auth/logout'),
    failed: t('auth.notSignedOut'),
    done: () => {
      // Nobody is signed in: the shell goes, and forgets what it was told.
      queryClient.setQueryData<SessionAnswer | null>(['session'], null);
      router.history.push('/sign-in');
      return null;
    },
  });
}
