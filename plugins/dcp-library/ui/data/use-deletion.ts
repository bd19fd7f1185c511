import { type ApiError, useApi, useApiMutation, useToast } from '@lamphouse/sdk';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { t } from '../messages';
import type { Copy, DeletionPlan } from './deletion';

/** What would go with these copies, looked at now. */
export function useDeletionPlan(copies: readonly Copy[]): UseQueryResult<DeletionPlan, ApiError> {
  const api = useApi();
  return useQuery<DeletionPlan, ApiError>({
    queryKey: ['deletion-plan', copies],
    queryFn: () => api.post<DeletionPlan>('/dcps/deletions/preview', { body: { packages: copies } }),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export interface Deletion {
  /** What was typed: the name of the one package, or the number of several. */
  typed: string;
  evenIf: readonly string[];
}

/** Puts the copies in the trash; what comes of it is told by events. */
export function useDelete(copies: readonly Copy[], onAsked: () => void) {
  const toast = useToast();
  return useApiMutation<unknown, Deletion>(
    (api, { typed, evenIf: even_if }) => {
      const [only, ...more] = copies;
      if (only !== undefined && more.length === 0) {
        const { id, place } = only;
        return api.delete(`/dcps/${id}`, { query: { place }, body: { name: typed, even_if } });
      }
      return api.post('/dcps/deletions', { body: { packages: copies, confirm: Number(typed), even_if } });
    },
    {
      invalidates: ['/dcps/trash'],
      onSuccess: () => {
        toast({ title: t('delete.asked', { count: copies.length }) });
        onAsked();
      },
      onError: (error) => toast({ title: t('delete.refused'), message: error.message, tone: 'bad' }),
    },
  );
}
