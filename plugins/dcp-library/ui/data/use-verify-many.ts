import { type ApiError, useApi, useToast } from '@lamphouse/sdk';
import { formatCount } from '@lamphouse/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { t } from '../messages';

/** Packages of one call. */
const MOST_PACKAGES = 200;

/** Asks for the verification of many packages; each becomes a job of its own, one toast says how it went. */
export function useVerifyMany(): { pending: boolean; verify: (ids: readonly string[]) => void } {
  const api = useApi();
  const toast = useToast();
  const client = useQueryClient();
  const run = useMutation<number, ApiError, readonly string[]>({
    mutationFn: async (ids) => {
      let queued = 0;
      for (let at = 0; at < ids.length; at += MOST_PACKAGES) {
        const body = { packages: ids.slice(at, at + MOST_PACKAGES) };
        queued += (await api.post<{ packages: number }>('/dcps/verify', { body })).packages;
      }
      return queued;
    },
    onSuccess: (queued, ids) => {
      const title = t('data.ofVerificationsQueued', { started: formatCount(queued), count: formatCount(ids.length) });
      toast({ title, tone: queued === ids.length ? 'ok' : 'warn' });
    },
    onError: (error) => toast({ title: t('data.verificationDidNotStart'), message: error.message, tone: 'bad' }),
    onSettled: () => void client.invalidateQueries({ queryKey: ['jobs'] }),
  });
  return { pending: run.isPending, verify: run.mutate };
}
