/** How far a scan is, as the topic `dcp.scan` tells it. */
import { t } from '../messages';
export interface ScanProgress {
  running: boolean;
  /** Packages found so far. */
  found: number;
  /** Packages read so far. */
  done: number;
}

export function readScan(data: Record<string, unknown>): ScanProgress {
  const number = (value: unknown) => (typeof value === 'number' && value >= 0 ? value : 0);
  return {
    running: data.state === 'running',
    found: number(data.found),
    done: number(data.done),
  };
}

/** `Scanning: 1,204 of 9,030 packages read`; before anything was found, that it has begun. */
export function scanText({ found, done }: ScanProgress, count: (value: number) => string): string {
  return found === 0
    ? t('data.scanningTheLibrary')
    : t('data.scanningOfPackagesRead', { done: count(done), found: count(found) });
}
