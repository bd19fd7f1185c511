import { type ApiError, useApi, useApiMutation, useInvalidate, useToast } from '@lamphouse/sdk';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { t } from '../messages';

/** Packages of one call. */
const MOST_PACKAGES = 200;

export interface Remarks {
  saving: boolean;
  setTags: (tags: readonly string[]) => void;
  setNote: (note: string) => void;
}

/** Writes down tags and a note of one package. */
export function useRemarks(packageId: string): Remarks {
  const toast = useToast();
  const options = {
    invalidates: [`/dcps/${packageId}`],
    onError: (error: ApiError) => toast({ title: t('tags.notSaved'), message: error.message, tone: 'bad' }),
  };
  const tags = useApiMutation<void, readonly string[]>(
    (api, value) => api.put(`/dcps/${packageId}/tags`, { body: { tags: value } }),
    options,
  );
  const note = useApiMutation<void, string>(
    (api, value) => api.put(`/dcps/${packageId}/note`, { body: { note: value } }),
    { ...options, onSuccess: () => toast({ title: t('tags.noteSaved'), tone: 'ok' }) },
  );
  return { saving: tags.isPending || note.isPending, setTags: tags.mutate, setNote: note.mutate };
}

export interface TagChange {
  packages: readonly string[];
  add: readonly string[];
  remove: readonly string[];
}

/** Tags many packages; the list is read anew afterwards. */
export function useTagMany(onDone: () => void): { pending: boolean; change: (change: TagChange) => void } {
  const api = useApi();
  const toast = useToast();
  const client = useQueryClient();
  const invalidate = useInvalidate();
  const run = useMutation<void, ApiError, TagChange>({
    mutationFn: async ({ packages, add, remove }) => {
      for (let at = 0; at < packages.length; at += MOST_PACKAGES)
        await api.post('/dcps/tags', { body: { packages: packages.slice(at, at + MOST_PACKAGES), add, remove } });
    },
    onSuccess: (_, { packages }) => {
      toast({ title: t('tags.changed', { count: packages.length }), tone: 'ok' });
      onDone();
    },
    onError: (error) => toast({ title: t('tags.notSaved'), message: error.message, tone: 'bad' }),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ['package-list'] });
      void invalidate('/dcps/');
    },
  });
  return { pending: run.isPending, change: run.mutate };
}
