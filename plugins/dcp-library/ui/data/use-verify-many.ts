import { useApi, useToast } from '@lamphouse/sdk';
import { formatCount } from '@lamphouse/ui';
import { useCallback, useState } from 'react';
import { t } from '../messages';

const AT_A_TIME = 4;

/** Asks for the verification of many packages; each becomes a job of its own, one toast says how it went. */
export function useVerifyMany(): { pending: boolean; verify: (ids: readonly string[]) => void } {
  const api = useApi();
  const toast = useToast();
  const [pending, setPending] = useState(false);
  const run = useCallback(
    async (ids: readonly string[]) => {
      setPending(true);
      const waiting = [...ids];
      let refused = 0;
      const worker = async () => {
        for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
          try {
            await api.post(`/dcps/${id}/verify`);
          } catch {
            refused += 1;
          }
        }
      };
      await Promise.all(Array.from({ length: AT_A_TIME }, worker));
      setPending(false);
      const started = ids.length - refused;
      const title = t('data.ofVerificationsQueued', { started: formatCount(started), count: formatCount(ids.length) });
      if (refused === 0) toast({ title, tone: 'ok' });
      else toast({ title, message: t('data.theOthersWereRefusedTry'), tone: 'warn' });
    },
    [api, toast],
  );
  return { pending, verify: (ids) => void run(ids) };
}
