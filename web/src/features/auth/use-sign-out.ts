import { useRouter } from '@tanstack/react-router';
import { api } from '../../lib/api';
import { queryClient } from '../../lib/query-client';
import { useAction } from '../../lib/use-action';

export function useSignOut() {
  const router = useRouter();
  return useAction({
    run: () => api.post('/auth/logout'),
    failed: 'Not signed out',
    done: () => {
      queryClient.clear();
      router.history.push('/sign-in');
      return null;
    },
  });
}
