import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Transport } from './api-client';
import type { Job, JobProgress, JobState, LiveEvent, PluginMode, User } from './api-types';
import type { Language } from './messages';

/** The major version of the interface between the shell and a plugin's UI. */
export const uiApi = 1;

/** A value that changes: read it, be told of changes. `get` returns the same object until it changes. */
export interface Readable<T> {
  get(): T;
  subscribe(listener: () => void): () => void;
}

export interface PluginInfo {
  id: string;
  name: string;
  mode: PluginMode;
  /** Where the page is mounted, without a slash at its end. */
  basePath: string;
}

export interface PluginLocation {
  /** Path below the mount; `/` at its start. */
  path: string;
  /** Query text with its question mark, or nothing. */
  search: string;
  hash: string;
}

export interface Session {
  user: Pick<User, 'id' | 'username' | 'role' | 'is_admin'>;
  permissions: readonly string[];
}

export interface Appearance {
  theme: 'dark' | 'light';
  density: 'compact' | 'default' | 'relaxed';
  language: Language;
}

export interface Connection {
  status: 'live' | 'reconnecting' | 'offline';
  /** Unix milliseconds since when. */
  since: number;
}

export type Tone = 'ok' | 'info' | 'warn' | 'bad';

export interface ToastRequest {
  title: string;
  message?: string;
  tone?: Tone;
  action?: { label: string; run: () => void };
}

export interface ConfirmRequest {
  title: string;
  message: string;
  confirmLabel: string;
  danger?: boolean;
  /** Text the reader must type before the button works. */
  typed?: string;
}

export interface JobsQuery {
  states?: readonly JobState[] | undefined;
  kinds?: readonly string[] | undefined;
  limit?: number | undefined;
}

/** All that a plugin's UI has of the shell. The shell, the frame and the tests each make one. */
export interface PluginHost {
  readonly plugin: PluginInfo;
  readonly transport: Transport;
  readonly location: Readable<PluginLocation>;
  readonly session: Readable<Session>;
  readonly appearance: Readable<Appearance>;
  readonly connection: Readable<Connection>;
  jobs(query: JobsQuery): Promise<Job[]>;
  jobProgress(id: string): Readable<JobProgress | null>;
  subscribe(topics: readonly string[], handler: (event: LiveEvent) => void): () => void;
  navigate(to: string, options: { replace: boolean }): void;
  toast(request: ToastRequest): void;
  confirm(request: ConfirmRequest): Promise<boolean>;
}

const HostContext = createContext<PluginHost | null>(null);

export const PluginHostProvider = HostContext.Provider;

/** The host of this plugin page; an error outside of one. */
export function usePluginHost(): PluginHost {
  const host = useContext(HostContext);
  if (host === null) throw new Error('This hook works only in a page or slot drawn by the shell or by renderPlugin.');
  return host;
}

export function useReadable<T>(readable: Readable<T>): T {
  return useSyncExternalStore(readable.subscribe, readable.get, readable.get);
}

/** Does `topic` match `pattern`? A pattern may end in a star. */
export function topicMatches(pattern: string, topic: string): boolean {
  return pattern.endsWith('*') ? topic.startsWith(pattern.slice(0, -1)) : topic === pattern;
}
