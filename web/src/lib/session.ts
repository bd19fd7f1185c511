import { ApiError, holds, type SessionAnswer } from '@lamphouse/sdk';
import { useQuery } from '@tanstack/react-query';
import { api } from './api';

/** Who is signed in; null when nobody is. */
export function useSessionQuery() {
  return useQuery({
    queryKey: ['session'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }): Promise<SessionAnswer | null> => {
      try {
        return await api.get('/auth/me', { signal });
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) return null;
        throw error;
      }
    },
  });
}

/** The session inside the signed-in part of the shell. */
export function useSession() {
  const { data } = useSessionQuery();
  const permissions = data?.permissions ?? [];
  return { user: data?.user ?? null, permissions, can: (permission: string) => holds(permissions, permission) };
}
