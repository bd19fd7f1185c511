import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  parseSearchWith,
  stringifySearchWith,
} from '@tanstack/react-router';
import { DashboardPage } from '../features/dashboard/dashboard-page';
import { CrashedPage } from './crashed-page';
import { ShellLayout } from './shell-layout';

const root = createRootRoute({ component: Outlet, errorComponent: CrashedPage });

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('../features/auth/setup-page'), 'SetupPage'),
});
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('../features/auth/sign-in-page'), 'SignInPage'),
});
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: ShellLayout,
  errorComponent: CrashedPage,
});
const inShell = { getParentRoute: () => shell };

const children = [
  createRoute({ ...inShell, path: '/', component: DashboardPage }),
  createRoute({
    ...inShell,
    path: '/jobs',
    component: lazyRouteComponent(() => import('../features/jobs/jobs-page'), 'JobsPage'),
  }),
  createRoute({
    ...inShell,
    path: '/plugins',
    component: lazyRouteComponent(() => import('../features/plugins/plugins-page'), 'PluginsPage'),
  }),
  createRoute({
    ...inShell,
    path: '/plugins/$id',
    component: lazyRouteComponent(() => import('../features/plugins/plugin-page'), 'PluginPage'),
  }),
  createRoute({
    ...inShell,
    path: '/storage',
    component: lazyRouteComponent(() => import('../features/mounts/mounts-page'), 'MountsPage'),
  }),
  createRoute({
    ...inShell,
    path: '/users',
    component: lazyRouteComponent(() => import('../features/users/users-page'), 'UsersPage'),
  }),
  createRoute({
    ...inShell,
    path: '/audit',
    component: lazyRouteComponent(() => import('../features/audit/audit-page'), 'AuditPage'),
  }),
  createRoute({
    ...inShell,
    path: '/$',
    component: lazyRouteComponent(() => import('../features/plugin-pages/plugin-route'), 'PluginRoute'),
  }),
];

/** Search values stay plain text: each page reads its own with `useUrlState`. */
const plain = (text: string) => text;

export const router = createRouter({
  routeTree: root.addChildren([setup, signIn, shell.addChildren(children)]),
  parseSearch: parseSearchWith(plain),
  stringifySearch: stringifySearchWith(String),
  scrollRestoration: true,
  scrollToTopSelectors: ['#main'],
  defaultPreload: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
