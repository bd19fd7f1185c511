import { useApiMutation, useEvents, useJobs, useToast } from '@lamphouse/sdk';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { t } from '../messages';
import { currentOf, jobOf, percentOf, readVerification, type Verification } from './verification';

/** The host tells of a job's changes, not of every byte it hashes for one: that is asked for this often. */
const POLL_MS = 1000;

export interface VerificationControl {
  /** Null when nothing is being verified. */
  running: { percent: number | null; current: string | null } | null;
  starting: boolean;
  start: (options?: VerifyOptions) => void;
}

export interface VerifyOptions {
  mode?: 'quick';
  /** Mount and path of the copy to look at. */
  place?: string;
}

/** Starts the verification of one package and follows it. */
export function useVerification(packageId: string): VerificationControl {
  const toast = useToast();
  const client = useQueryClient();
  const [told, setTold] = useState<(Verification & { atMs: number }) | null>(null);
  const jobs = useJobs({ states: ['available', 'leased', 'blocked'], kinds: ['verify'] });
  const job = jobOf(jobs.data ?? [], packageId);
  const tell = (next: Verification) => setTold({ ...next, atMs: Date.now() });
  useEvents(['dcp.verify'], (event) => {
    const next = readVerification(event.data);
    if (next?.id === packageId) tell(next);
  });
  const start = useApiMutation<unknown, VerifyOptions>(
    (api, options) => api.post(`/dcps/${packageId}/verify`, { query: { ...options } }),
    {
      onSuccess: () => {
        tell({ id: packageId, running: true });
        void client.invalidateQueries({ queryKey: ['jobs'] });
      },
      onError: (error) => toast({ title: t('data.verificationDidNotStart'), message: error.message, tone: 'bad' }),
    },
  );
  // What was told last counts until the job list is newer: a job that fails says no goodbye.
  const newer = told?.id === packageId && told.atMs >= jobs.dataUpdatedAt ? told : null;
  const active = newer === null ? job !== null : newer.running;
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(() => void client.invalidateQueries({ queryKey: ['jobs'] }), POLL_MS);
    return () => clearInterval(timer);
  }, [active, client]);
  return {
    running: active ? { percent: percentOf(job), current: currentOf(job) } : null,
    starting: start.isPending,
    start: (options = {}) => start.mutate(options),
  };
}
