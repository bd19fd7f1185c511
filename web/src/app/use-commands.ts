import { useReadable } from '@lamphouse/sdk';
import type { IconComponent } from '@lamphouse/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Activity, Keyboard, LogOut, Pause, Play, Rows3, SunMoon } from 'lucide-react';
import { useSignOut } from '../features/auth/use-sign-out';
import { JOB_STATES } from '../features/jobs/job-state';
import { api } from '../lib/api';
import { t } from '../lib/messages';
import { usePreferences } from '../lib/preferences';
import { useSession } from '../lib/session';
import { pausedSince, pauseLive, resumeLive } from '../live/live-hub';
import { useDialogs } from './dialogs';
import { useShellPages } from './shell-pages';

export interface Command {
  id: string;
  title: string;
  hint: string;
  icon: IconComponent;
  run: () => void;
}

const JOBS = 8;

/** Do all words of `text` occur in `title`? */
export function matches(title: string, text: string): boolean {
  const lower = title.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}

function useActions(): Command[] {
  const signOut = useSignOut();
  const paused = useReadable(pausedSince) !== null;
  const set = usePreferences.setState;
  const action = (id: string, title: string, icon: IconComponent, run: () => void): Command => ({
    id,
    title,
    icon,
    run,
    hint: t('app.action'),
  });
  return [
    action('dark', t('app.useTheDarkTheme'), SunMoon, () => set({ theme: 'dark' })),
    action('light', t('app.useTheLightTheme'), SunMoon, () => set({ theme: 'light' })),
    action('system', t('app.useTheThemeOfThe'), SunMoon, () => set({ theme: 'system' })),
    action('compact', t('app.showListsCompact'), Rows3, () => set({ density: 'compact' })),
    action('default', t('app.showListsAtDefaultDensity'), Rows3, () => set({ density: 'default' })),
    action('relaxed', t('app.showListsRelaxed'), Rows3, () => set({ density: 'relaxed' })),
    action(
      'live',
      paused ? t('app.resumeLiveUpdates') : t('app.pauseLiveUpdates'),
      paused ? Play : Pause,
      paused ? resumeLive : pauseLive,
    ),
    action('shortcuts', t('app.showKeyboardShortcuts'), Keyboard, () => useDialogs.setState({ open: 'shortcuts' })),
    action('sign-out', t('app.signOut'), LogOut, () => signOut.mutate()),
  ];
}

/** What the palette offers for a text: pages and actions from memory, jobs from the host. */
export function useCommands(text: string): Command[] {
  const router = useRouter();
  const mode = text.startsWith('>') || text.startsWith('#') ? text[0] : '';
  const words = (mode === '' ? text : text.slice(1)).trim();
  const go = (path: string) => () => router.history.push(path);
  const pages = useShellPages().map(
    (page): Command => ({
      id: page.path,
      title: page.title,
      hint: page.keys ?? '',
      icon: page.icon,
      run: go(page.path),
    }),
  );
  const { can } = useSession();
  const wanted = words.length > 1 && mode !== '>' && can('jobs:read');
  const { data } = useQuery({
    queryKey: ['jobs', 'palette', words],
    enabled: wanted,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.get('/jobs', { query: { q: words, limit: JOBS }, signal }),
  });
  const jobs = (wanted ? (data ?? []) : []).map(
    (job): Command => ({
      id: job.id,
      title: job.title,
      hint: t('app.job', { state: JOB_STATES[job.state].word }),
      icon: Activity,
      run: go(`/jobs?job=${encodeURIComponent(job.id)}`),
    }),
  );
  const actions = useActions().filter(({ title }) => matches(title, words));
  const shownPages = pages.filter(({ title }) => matches(title, words));
  if (mode === '>') return actions;
  if (mode === '#') return jobs;
  return [...shownPages, ...actions, ...jobs];
}
