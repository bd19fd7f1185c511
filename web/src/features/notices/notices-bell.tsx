import { Popover } from '@base-ui/react/popover';
import { EmptyState, Loadable } from '@lamphouse/ui';
import { useQuery } from '@tanstack/react-query';
import { Bell, CircleCheck } from 'lucide-react';
import { t } from '../../lib/messages';
import { noticesQuery } from '../../lib/queries';
import { useSession } from '../../lib/session';
import { NoticeList } from './notice-list';

export function NoticesBell() {
  const allowed = useSession().can('notices:read');
  const notices = useQuery({ ...noticesQuery, enabled: allowed });
  if (!allowed) return null;
  const count = notices.data?.length ?? 0;
  return (
    <Popover.Root>
      <Popover.Trigger
        aria-label={t('notices.notices', { count })}
        className="lh-touch relative inline-flex size-8 shrink-0 items-center justify-center rounded-control text-muted hover:bg-raised hover:text-fg"
      >
        <Bell size={16} aria-hidden />
        {count > 0 ? (
          <span className="absolute top-0 right-0 min-w-4 rounded-full bg-danger px-1 text-center text-caption font-semibold text-on-danger">
            {count > 99 ? '99+' : count}
          </span>
        ) : null}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={4} align="end" className="z-50">
          <Popover.Popup className="lh-popup flex max-h-[75dvh] w-[min(28rem,calc(100vw-1rem))] flex-col rounded-card border border-line bg-surface text-body text-fg shadow-popover">
            <Popover.Title className="border-b border-line px-4 py-2 text-form font-semibold">
              {t('notices.notices2')}
            </Popover.Title>
            <div className="min-h-0 overflow-y-auto">
              <Loadable
                query={notices}
                empty={
                  <EmptyState
                    icon={CircleCheck}
                    title={t('notices.nothingNeedsYou')}
                    message={t('notices.problemsAndRequestsOfPlugins')}
                  />
                }
              >
                {(data) => <NoticeList notices={data} />}
              </Loadable>
            </div>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
