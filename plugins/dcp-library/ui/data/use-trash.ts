import { type ApiError, useApiMutation, useApiQuery, useRefetchOn, useToast } from '@lamphouse/sdk';
import type { UseQueryResult } from '@tanstack/react-query';
import { t } from '../messages';
import type { TrashEntry } from './deletion';

/** What lies in the trash, kept current while it is shown. */
export function useTrash(): UseQueryResult<TrashEntry[], ApiError> {
  useRefetchOn(['dcp.trash'], ['/dcps/trash']);
  return useApiQuery<TrashEntry[]>('/dcps/trash');
}

/** Puts copies back, or deletes one for good. */
export function useTrashActions() {
  const toast = useToast();
  const options = {
    invalidates: ['/dcps/trash'],
    onError: (error: ApiError) => toast({ title: t('trash.notDone'), message: error.message, tone: 'bad' }),
  };
  const restore = useApiMutation<unknown, readonly string[]>(
    (api, ids) => Promise.all(ids.map((id) => api.post(`/dcps/trash/${id}/restore`))),
    options,
  );
  const purge = useApiMutation<unknown, TrashEntry>(
    (api, { id, package_name: name }) => api.delete(`/dcps/trash/${id}`, { body: { name } }),
    options,
  );
  return { pending: restore.isPending || purge.isPending, restore: restore.mutate, purge: purge.mutate };
}
