import { type ApiError, useApi, useInvalidate, useToast } from '@lamphouse/sdk';
import { useMutation } from '@tanstack/react-query';
import { t } from '../messages';
import type { AddedKey } from './keys';

export interface AddKeys {
  adding: boolean;
  add: (files: readonly File[]) => void;
}

/** Sends files of key delivery messages, one after the other; what the first refusal says is told, and with a package when one is for another. */
export function useAddKeys(packageId: string | null): AddKeys {
  const api = useApi();
  const toast = useToast();
  const invalidate = useInvalidate();
  const adding = useMutation<AddedKey[], ApiError, readonly File[]>({
    mutationFn: async (files) => {
      const added: AddedKey[] = [];
      for (const file of files) added.push(await api.post<AddedKey>('/dcps/kdms', { body: await file.text() }));
      return added;
    },
    onSuccess: (added) => {
      const title = t('keys.added', { count: added.length });
      const other = packageId && added.find(({ packages }) => packages.every(({ id }) => id !== packageId));
      if (other) toast({ title, message: t('keys.isForAnother', { title: other.content_title ?? '' }), tone: 'warn' });
      else toast({ title, tone: 'ok' });
    },
    onError: (error) => toast({ title: t('keys.notAdded'), message: error.message, tone: 'bad' }),
    onSettled: () => void invalidate('/dcps/'),
  });
  return { adding: adding.isPending, add: (files) => files.length > 0 && adding.mutate(files) };
}
