import type { IconComponent } from '@lamphouse/ui';
import { useQuery } from '@tanstack/react-query';
import { Activity, HardDrive, LayoutDashboard, Puzzle, ScrollText, Users } from 'lucide-react';
import { useMemo } from 'react';
import { iconOf } from '../lib/icons';
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

export const GROUPS: [string, string][] = [
  ['overview', 'Overview'],
  ['content', 'Content'],
  ['network', 'Network'],
  ['media', 'Media'],
  ['storage', 'Storage'],
  ['admin', 'Administration'],
];

const OWN: (ShellPage & { needs: string })[] = [
  {
    path: '/',
    title: 'Dashboard',
    icon: LayoutDashboard,
    group: 'overview',
    keys: 'g d',
    plugin: null,
    needs: 'session:use',
  },
  { path: '/jobs', title: 'Jobs', icon: Activity, group: 'overview', keys: 'g j', plugin: null, needs: 'jobs:read' },
  {
    path: '/storage',
    title: 'Mounts',
    icon: HardDrive,
    group: 'storage',
    keys: 'g m',
    plugin: null,
    needs: 'mounts:read',
  },
  {
    path: '/plugins',
    title: 'Plugins',
    icon: Puzzle,
    group: 'admin',
    keys: 'g p',
    plugin: null,
    needs: 'plugins:read',
  },
  {
    path: '/users',
    title: 'Users and keys',
    icon: Users,
    group: 'admin',
    keys: 'g u',
    plugin: null,
    needs: 'users:manage',
  },
  {
    path: '/audit',
    title: 'Audit log',
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
      group: GROUPS.some(([id]) => id === page.group) ? page.group : 'content',
      keys: page.keys,
      plugin: page.plugin,
    }));
    return GROUPS.flatMap(([group]) => [...own, ...theirs].filter((page) => page.group === group));
  }, [data, permissions]);
}

/** The page whose path is the longest one that `pathname` lies on. */
export function currentPage<P extends { path: string }>(pages: readonly P[], pathname: string): P | null {
  const on = pages.filter(({ path }) => pathname === path || (path !== '/' && pathname.startsWith(`${path}/`)));
  return on.sort((a, b) => b.path.length - a.path.length)[0] ?? null;
}
