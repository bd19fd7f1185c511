import { Toast } from '@base-ui/react/toast';
import { IconButton } from '@lamphouse/ui';
import { CircleCheck, Info, OctagonX, TriangleAlert, X } from 'lucide-react';
import { t } from '../lib/messages';
import { toastManager } from '../lib/toasts';

const ICONS = { ok: CircleCheck, info: Info, warn: TriangleAlert, bad: OctagonX };

function Toasts() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => {
    const tone = (toast.data as { tone?: keyof typeof ICONS } | undefined)?.tone ?? 'ok';
    const Icon = ICONS[tone];
    return (
      <Toast.Root
        key={toast.id}
        toast={toast}
        // The library hides a toast of high priority from readers of the screen, because it tells it as an alert beside
        // it, but leaves what is in it to the keyboard. Shown to all, and not told a second time, it serves both.
        aria-hidden={undefined}
        {...(toast.priority === 'high' ? { 'aria-live': 'off' as const } : {})}
        className={`lh-popup lh-tone-${tone} flex items-start gap-2 rounded-card border border-control bg-raised py-2 pr-1 pl-3 text-body shadow-popover`}
      >
        <Icon size={16} aria-hidden className="lh-tone-text mt-0.5 shrink-0" />
        <Toast.Content className="min-w-0 flex-1 py-px">
          <Toast.Title className="font-semibold" />
          <Toast.Description className="break-words text-muted first-letter:uppercase" />
          <Toast.Action className="mt-1 font-medium text-link underline" />
        </Toast.Content>
        <Toast.Close aria-hidden={undefined} render={<IconButton icon={X} label={t('app.dismiss')} size="small" />} />
      </Toast.Root>
    );
  });
}

/** What came of the reader's own actions, for a few seconds. */
export function Toaster() {
  return (
    <Toast.Provider toastManager={toastManager} limit={4}>
      <Toast.Portal>
        <Toast.Viewport className="fixed inset-x-2 top-13 z-50 flex flex-col gap-2 md:inset-x-auto md:top-auto md:right-4 md:bottom-12 md:w-90">
          <Toasts />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}
