import { classNames, IconButton } from '@lamphouse/ui';
import { PanelLeftClose, PanelLeftOpen } from 'lucide-react';
import { t } from '../lib/messages';
import { usePreferences } from '../lib/preferences';
import { NavList } from './nav-list';

export function Navigation() {
  const collapsed = usePreferences((state) => state.navigationCollapsed);
  return (
    <nav
      data-region
      aria-label={t('app.pages')}
      className={classNames(
        'hidden shrink-0 flex-col border-r border-line bg-sunken md:flex',
        collapsed ? 'w-14' : 'w-54',
      )}
    >
      <div className="min-h-0 flex-1 overflow-y-auto pt-3">
        <NavList collapsed={collapsed} />
      </div>
      <div className={classNames('flex p-2', collapsed && 'justify-center')}>
        <IconButton
          icon={collapsed ? PanelLeftOpen : PanelLeftClose}
          label={collapsed ? t('app.widenTheNavigation') : t('app.narrowTheNavigation')}
          onClick={() => usePreferences.setState({ navigationCollapsed: !collapsed })}
        />
      </div>
    </nav>
  );
}
