import { Dialog as Base } from '@base-ui/react/dialog';
import { classNames, IconButton } from '@lamphouse/ui';
import { useRouterState } from '@tanstack/react-router';
import { Menu as MenuIcon, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { t } from '../lib/messages';
import { NavList } from './nav-list';
import { currentPage, useShellPages } from './shell-pages';

const PLACES = 4;
const ITEM =
  'flex h-14 min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-[11px] leading-3 font-medium text-muted! no-underline aria-[current]:text-fg! aria-[current]:shadow-[inset_0_2px_0_var(--lh-focus)]';

/** The pages most used, at the thumb, on a small screen; the rest in a sheet. */
export function BottomBar() {
  const pages = useShellPages();
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const here = currentPage(pages, pathname);
  const [open, setOpen] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: closes whenever the page changes
  useEffect(() => setOpen(false), [pathname]);
  const first = [...pages.filter((page) => page.group !== 'admin'), ...pages.filter((page) => page.group === 'admin')];
  return (
    <nav aria-label={t('app.mainPages')} className="flex shrink-0 border-t border-line bg-sunken md:hidden">
      {first.slice(0, PLACES).map(({ path, title, icon: Icon }) => (
        <a key={path} href={path} aria-current={here?.path === path ? 'page' : undefined} className={ITEM}>
          <Icon size={20} aria-hidden />
          <span className="line-clamp-2 max-w-full px-0.5 text-center break-words hyphens-auto">{title}</span>
        </a>
      ))}
      <Base.Root open={open} onOpenChange={setOpen}>
        <Base.Trigger className={ITEM}>
          <MenuIcon size={20} aria-hidden />
          <span>{t('app.more')}</span>
        </Base.Trigger>
        <Base.Portal>
          <Base.Backdrop className="lh-popup fixed inset-0 z-40 bg-[rgb(2_6_23/0.6)]" />
          <Base.Popup
            className={classNames(
              'lh-popup fixed inset-x-0 bottom-0 z-50 max-h-[85dvh] overflow-y-auto rounded-t-card border-t border-line bg-sunken pb-4',
            )}
          >
            <div className="flex items-center justify-between py-2 pr-2 pl-4">
              <Base.Title className="text-section font-semibold">{t('app.pages')}</Base.Title>
              <Base.Close render={<IconButton icon={X} label={t('app.close')} />} />
            </div>
            <SheetLinks />
          </Base.Popup>
        </Base.Portal>
      </Base.Root>
    </nav>
  );
}

function SheetLinks() {
  return (
    <nav aria-label={t('app.allPages')}>
      <NavList collapsed={false} />
    </nav>
  );
}
