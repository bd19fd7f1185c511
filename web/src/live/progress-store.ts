import type { JobProgress, Readable } from '@lamphouse/sdk';

type Listener = () => void;

const values = new Map<string, JobProgress>();
const listeners = new Map<string, Set<Listener>>();
let waiting = new Set<string>();
let scheduled = false;

/** At most four changes a second reach the page, all in one frame. */
const FLUSH_MS = 250;

function flush(): void {
  scheduled = false;
  const changed = waiting;
  waiting = new Set();
  for (const id of changed) for (const listener of listeners.get(id) ?? []) listener();
}

/** Sets a job's progress; only the cells that show this job are drawn again. */
export function setProgress(id: string, progress: JobProgress): void {
  values.set(id, progress);
  if (!listeners.has(id)) return;
  waiting.add(id);
  if (scheduled) return;
  scheduled = true;
  setTimeout(() => requestAnimationFrame(flush), FLUSH_MS);
}

export function forgetProgress(id: string): void {
  values.delete(id);
}

export function progressOf(id: string): Readable<JobProgress | null> {
  return {
    get: () => values.get(id) ?? null,
    subscribe: (listener) => {
      const set = listeners.get(id) ?? new Set();
      listeners.set(id, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0) listeners.delete(id);
      };
    },
  };
}
