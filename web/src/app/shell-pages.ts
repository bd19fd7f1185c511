import type { IconComponent } from '@lamphouse/ui';
import { useQuery } from '@tanstack/react-query';
import { Activity, HardDrive, LayoutDashboard, Puzzle, ScrollText, Users } from 'lucide-react';
import { useMemo } from 'react';
import { iconOf } from '../lib/icons';
import { t } from '../lib/messages';
import { navigationQuery } from '../lib/queries';
import { useSession } from '../lib/session';

export interface ShellPage {
  path: string;
  title: string;
  icon: IconComponent;
  group: string;
  keys: string | null;
  plugin: string | null;
}

export const GROUPS: { id: string; title: string }[] = [
  {
    id: 'overview',
    get title() {
      return t('groups.overview');
    },
  },
  {
    id: 'content',
    get title() {
      return t('groups.content');
    },
  },
  {
    id: 'network',
    get title() {
      return t('groups.network');
    },
  },
  {
    id: 'media',
    get title() {
      return t('groups.media');
    },
  },
  {
    id: 'storage',
    get title() {
      return t('groups.storage');
    },
  },
  {
    id: 'admin',
    get title() {
      return t('groups.admin');
    },
  },
];

const OWN: (ShellPage & { needs: string })[] = [
  {
    path: '/',
    get title() {
      return t('app.dashboard');
    },
    icon: LayoutDashboard,
    group: 'overview',
    keys: 'g d',
    plugin: null,
    needs: 'session:use',
  },
  {
    path: '/jobs',
    get title() {
      return t('app.jobs');
    },
    icon: Activity,
    group: 'overview',
    keys: 'g j',
    plugin: null,
    needs: 'jobs:read',
  },
  {
    path: '/storage',
    get title() {
      return t('app.mounts');
    },
    icon: HardDrive,
    group: 'storage',
    keys: 'g m',
    plugin: null,
    needs: 'mounts:read',
  },
  {
    path: '/plugins',
    get title() {
      return t('app.plugins');
    },
    icon: Puzzle,
    group: 'admin',
    keys: 'g p',
    plugin: null,
    needs: 'plugins:read',
  },
  {
    path: '/users',
    get title() {
      return t('app.usersAndKeys');
    },
    icon: Users,
    group: 'admin',
    keys: 'g u',
    plugin: null,
    needs: 'users:manage',
  },
  {
    path: '/audit',
    get title() {
      return t('app.auditLog');
    },
    icon: ScrollText,
    group: 'admin',
    keys: 'g a',
    plugin: null,
    needs: 'audit:read',
  },
];

/** All pages this reader may open, in the order of the navigation. */
export function useShellPages(): ShellPage[] {
  const { data } = useQuery(navigationQuery);
  const { permissions, can } = useSession();
  // biome-ignore lint/correctness/useExhaustiveDependencies: can follows from permissions
  return useMemo(() => {
    const own = OWN.filter((page) => can(page.needs));
    const plugins = [...(data?.pages ?? [])].sort((a, b) => a.order - b.order || a.title.localeCompare(b.title));
    const theirs = plugins.map((page) => ({
      path: page.path,
      title: page.title,
      icon: iconOf(page.icon),
      group: GROUPS.some(({ id }) => id === page.group) ? page.group : 'content',
      keys: page.keys,
      plugin: page.plugin,
    }));
    return GROUPS.flatMap(({ id }) => [...own, ...theirs].filter((page) => page.group === id));
  }, [data, permissions]);
}

/** The page whose path is the longest one that `pathname` lies on. */
export function currentPage<P extends { path: string }>(pages: readonly P[], pathname: string): P | null {
  const on = pages.filter(({ path }) => pathname === path || (path !== '/' && pathname.startsWith(`${path}/`)));
  return on.sort((a, b) => b.path.length - a.path.length)[0] ?? null;
}
