import { classNames } from '@lamphouse/ui';
import { useRouterState } from '@tanstack/react-router';
import { currentPage, GROUPS, useShellPages } from './shell-pages';

/** The navigation's groups and links; `collapsed` leaves only the icons. */
export function NavList({ collapsed }: { collapsed: boolean }) {
  const pages = useShellPages();
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const here = currentPage(pages, pathname);
  return GROUPS.map(({ id: group, title }) => {
    const inGroup = pages.filter((page) => page.group === group);
    if (inGroup.length === 0) return null;
    return (
      <div key={group} className="px-2 pb-3">
        <h2 className={classNames('px-2 pb-1 text-small font-medium text-muted', collapsed && 'sr-only')}>{title}</h2>
        <ul className="flex flex-col gap-0.5">
          {inGroup.map(({ path, title: name, icon: Icon }) => (
            <li key={path}>
              <a
                href={path}
                aria-current={here?.path === path ? 'page' : undefined}
                title={collapsed ? name : undefined}
                className={classNames(
                  'lh-touch flex h-8 items-center gap-2.5 rounded-control px-2 font-medium text-fg! no-underline hover:bg-raised',
                  here?.path === path && 'bg-selected hover:bg-selected',
                  collapsed && 'justify-center',
                )}
              >
                <Icon size={16} aria-hidden className="shrink-0" />
                <span className={collapsed ? 'sr-only' : 'truncate'}>{name}</span>
              </a>
            </li>
          ))}
        </ul>
      </div>
    );
  });
}
