import type {
  ApiKey,
  Job,
  JobDetail,
  JobSummary,
  Mount,
  Navigation,
  Notice,
  Plugin,
  SystemInfo,
  UserAccount,
} from '@lamphouse/sdk';
import { queryOptions } from '@tanstack/react-query';
import { api } from './api';

/** The host's lists and documents, with the keys the event stream patches. */
const get = <T>(key: readonly unknown[], path: string, query?: Record<string, string | number>) =>
  queryOptions({ queryKey: key, queryFn: ({ signal }) => api.get<T>(path, { signal, ...(query ? { query } : {}) }) });

export const navigationQuery = get<Navigation>(['navigation'], '/navigation');
export const pluginsQuery = get<Plugin[]>(['plugins'], '/plugins');
export const pluginQuery = (id: string) => get<Plugin>(['plugins', id], `/plugins/${encodeURIComponent(id)}`);
export const jobSummaryQuery = get<JobSummary>(['jobs', 'summary'], '/jobs/summary');
export const runningJobsQuery = get<Job[]>(['jobs', 'running'], '/jobs', { state: 'leased,blocked', limit: 6 });
export const jobQuery = (id: string) => get<JobDetail>(['jobs', 'detail', id], `/jobs/${encodeURIComponent(id)}`);
export const noticesQuery = get<Notice[]>(['notices'], '/notices');
export const mountsQuery = get<Mount[]>(['mounts'], '/mounts');
export const usersQuery = get<UserAccount[]>(['users'], '/users');
export const keysQuery = get<ApiKey[]>(['keys'], '/keys');
export const systemQuery = get<SystemInfo>(['system'], '/system');
