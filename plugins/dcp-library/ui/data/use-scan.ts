import { useApiMutation, useEvents, useToast } from '@lamphouse/sdk';
import { useState } from 'react';
import { readScan, type ScanProgress } from './scan-progress';

export interface ScanControl {
  /** Null when no scan runs. */
  progress: ScanProgress | null;
  starting: boolean;
  start: () => void;
}

/** Starts a scan of the libraries and follows it. `scanning` is what the summary says. */
export function useScan(scanning: boolean): ScanControl {
  const toast = useToast();
  const [told, setTold] = useState<ScanProgress | null>(null);
  useEvents(['dcp.scan'], (event) => setTold(readScan(event.data)));
  const start = useApiMutation((api) => api.post('/dcps/scan'), {
    invalidates: ['/dcps/summary'],
    onSuccess: () => toast({ title: 'Scan queued', message: 'New and changed packages appear as they are found.' }),
    onError: (error) => toast({ title: 'The scan did not start', message: error.message, tone: 'bad' }),
  });
  const running = told === null ? scanning : told.running;
  const progress = running ? (told ?? { running, found: 0, done: 0 }) : null;
  return { progress, starting: start.isPending, start: () => start.mutate() };
}
