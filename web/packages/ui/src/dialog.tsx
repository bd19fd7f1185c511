import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from './class-names';
import { IconButton } from './icon-button';
import { t } from './messages';
import { usePortalRoot } from './portal-root';

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  footer?: ReactNode;
  wide?: boolean;
  children?: ReactNode;
}

export function Dialog({ open, onOpenChange, title, description, footer, wide = false, children }: DialogProps) {
  const portalRoot = usePortalRoot();
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Base.Portal container={portalRoot}>
        <Base.Backdrop className="lh-popup fixed inset-0 z-40 bg-[rgb(2_6_23/0.6)]" />
        <Base.Popup
          className={classNames(
            'lh-popup fixed inset-x-0 bottom-0 z-50 mx-auto flex max-h-[92dvh] w-full flex-col rounded-t-card border border-line bg-surface text-fg shadow-popover',
            'md:top-[10vh] md:bottom-auto md:max-h-[80vh] md:rounded-card',
            wide ? 'md:max-w-2xl' : 'md:max-w-md',
          )}
        >
          <header className="flex items-start gap-2 border-b border-line py-2 pr-2 pl-4">
            <Base.Title className="flex-1 py-1 text-section font-semibold">{title}</Base.Title>
            <Base.Close render={<IconButton icon={X} label={t('dialog.close')} />} />
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto p-4" tabIndex={0} role="group" aria-label={title}>
            {description ? (
              <Base.Description className="mb-3 text-body text-muted">{description}</Base.Description>
            ) : null}
            {children}
          </div>
          {footer ? (
            <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-4 py-3">{footer}</footer>
          ) : null}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
