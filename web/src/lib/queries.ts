import { queryOptions } from '@tanstack/react-query';
import { api } from './api';

/** The host's lists and documents, with the keys the event stream patches. */
const asked = <T>(key: readonly unknown[], ask: (signal: AbortSignal) => Promise<T>) =>
  queryOptions({ queryKey: key, queryFn: ({ signal }) => ask(signal) });

export const navigationQuery = asked(['navigation'], (signal) => api.get('/navigation', { signal }));
export const pluginsQuery = asked(['plugins'], (signal) => api.get('/plugins', { signal }));
export const pluginQuery = (id: string) =>
  asked(['plugins', id], (signal) => api.get('/plugins/{id}', { path: { id }, signal }));
export const jobSummaryQuery = asked(['jobs', 'summary'], (signal) => api.get('/jobs/summary', { signal }));
export const runningJobsQuery = asked(['jobs', 'running'], (signal) =>
  api.get('/jobs', { query: { state: 'leased,blocked', limit: 6 }, signal }),
);
export const jobQuery = (id: string) =>
  asked(['jobs', 'detail', id], (signal) => api.get('/jobs/{id}', { path: { id }, signal }));
export const noticesQuery = asked(['notices'], (signal) => api.get('/notices', { signal }));
export const mountsQuery = asked(['mounts'], (signal) => api.get('/mounts', { signal }));
export const usersQuery = asked(['users'], (signal) => api.get('/users', { signal }));
export const keysQuery = asked(['keys'], (signal) => api.get('/keys', { signal }));
export const systemQuery = asked(['system'], (signal) => api.get('/system', { signal }));
