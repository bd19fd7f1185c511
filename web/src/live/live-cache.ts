import type { Job, JobProgress, JobState, LiveEvent } from '@lamphouse/sdk';
import type { QueryClient, QueryKey } from '@tanstack/react-query';
import { onResync, subscribeEvents } from './live-hub';
import { forgetProgress, setProgress } from './progress-store';

const REFETCH_MS = 1000;
const FINISHED: readonly JobState[] = ['succeeded', 'failed', 'cancelled'];

/** Refetches a key at most once a second, however many events name it. */
function createRefetcher(client: QueryClient): (key: QueryKey) => void {
  const waiting = new Set<string>();
  return (key) => {
    const text = JSON.stringify(key);
    if (waiting.has(text)) return;
    waiting.add(text);
    setTimeout(() => {
      waiting.delete(text);
      void client.invalidateQueries({ queryKey: key });
    }, REFETCH_MS);
  };
}

type JobPages = { pages: { items: Job[] }[] };

function patchJob(job: Job, change: Partial<Job>): Job {
  return { ...job, ...change };
}

/** The new state of a job, at once in every list that has it. */
function patchLists(client: QueryClient, id: string, change: Partial<Job>): void {
  const patch = (jobs: Job[]) =>
    jobs.some((job) => job.id === id) ? jobs.map((job) => (job.id === id ? patchJob(job, change) : job)) : jobs;
  client.setQueryData<Job[]>(['jobs', 'running'], (jobs) => (jobs ? patch(jobs) : jobs));
  client.setQueriesData<JobPages>({ queryKey: ['jobs', 'list'] }, (data) =>
    data ? { ...data, pages: data.pages.map((page) => ({ ...page, items: patch(page.items) })) } : data,
  );
}

export function applyEvent(client: QueryClient, refetch: (key: QueryKey) => void, event: LiveEvent): void {
  const { id, state, progress } = event.data as { id?: string; state?: JobState; progress?: JobProgress | null };
  switch (event.type) {
    case 'jobs.progress':
      if (id && progress) setProgress(id, progress);
      return;
    case 'jobs.changed':
      if (id && progress) setProgress(id, progress);
      if (id && state) {
        if (FINISHED.includes(state)) forgetProgress(id);
        patchLists(client, id, { state, ...(progress ? { progress } : {}) });
      }
      refetch(['jobs']);
      return;
    case 'plugins.changed':
      refetch(['plugins']);
      refetch(['navigation']);
      refetch(['system']);
      return;
    case 'navigation.changed':
      refetch(['navigation']);
      return;
    case 'notices.changed':
      refetch(['notices']);
      return;
    case 'mounts.changed':
      refetch(['mounts']);
      return;
  }
}

/** Keeps the query cache current from the event stream. */
export function followEvents(client: QueryClient): () => void {
  const refetch = createRefetcher(client);
  const topics = ['jobs.*', 'plugins.*', 'navigation.*', 'notices.*', 'mounts.*'];
  const stopEvents = subscribeEvents(topics, (event) => applyEvent(client, refetch, event));
  const stopResync = onResync(() => void client.invalidateQueries());
  return () => {
    stopEvents();
    stopResync();
  };
}
