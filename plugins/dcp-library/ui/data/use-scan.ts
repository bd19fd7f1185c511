import { useApiMutation, useEvents, useToast } from '@lamphouse/sdk';
import { useState } from 'react';
import { t } from '../messages';
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
    onSuccess: () => toast({ title: t('data.scanQueued'), message: t('data.newAndChangedPackagesAppear') }),
    onError: (error) => toast({ title: t('data.theScanDidNotStart'), message: error.message, tone: 'bad' }),
  });
  const running = told === null ? scanning : told.running;
  const progress = running ? (told ?? { running, found: 0, done: 0 }) : null;
  return { progress, starting: start.isPending, start: () => start.mutate() };
}
