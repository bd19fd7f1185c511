import { Menu as Base } from '@base-ui/react/menu';
import { Ellipsis } from 'lucide-react';
import type { ReactElement } from 'react';
import type { IconComponent } from './button';
import { classNames } from './class-names';
import { IconButton } from './icon-button';
import { usePortalRoot } from './portal-root';

export interface MenuItem {
  id: string;
  label: string;
  icon?: IconComponent;
  danger?: boolean;
  disabled?: boolean;
  run: () => void;
}

export interface MenuProps {
  label: string;
  icon?: IconComponent;
  items: MenuItem[];
  /** A trigger of your own instead of the icon button. */
  trigger?: ReactElement;
}

export const MENU_POPUP =
  'lh-popup min-w-44 max-h-[70vh] overflow-y-auto rounded-card border border-line bg-surface p-1 text-body text-fg shadow-popover';
export const MENU_ITEM =
  'flex min-h-7 cursor-default items-center gap-2 rounded-control px-2 py-1 outline-none select-none data-highlighted:bg-raised data-disabled:opacity-55';

export function Menu({ label, icon = Ellipsis, items, trigger }: MenuProps) {
  const portalRoot = usePortalRoot();
  return (
    <Base.Root>
      <Base.Trigger render={trigger ?? <IconButton icon={icon} label={label} />} />
      <Base.Portal container={portalRoot}>
        <Base.Positioner sideOffset={4} align="end" className="z-50">
          <Base.Popup className={MENU_POPUP}>
            {items.map(({ id, label: text, icon: Icon, danger, disabled, run }) => (
              <Base.Item
                key={id}
                disabled={disabled ?? false}
                onClick={run}
                className={classNames(MENU_ITEM, 'lh-touch', danger && 'text-bad')}
              >
                {Icon ? <Icon size={16} aria-hidden /> : null}
                {text}
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
