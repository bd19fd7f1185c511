import type { Notice } from '@lamphouse/sdk';
import { Button, buttonClass, IconButton, RelativeTime, Status } from '@lamphouse/ui';
import { X } from 'lucide-react';
import { t } from '../../lib/messages';
import { useSession } from '../../lib/session';
import { useDismissNotice, useGrantNotice } from './use-notice-actions';

const SEVERITIES = {
  error: {
    state: 'bad',
    get word() {
      return t('notices.error');
    },
  },
  warning: {
    state: 'warn',
    get word() {
      return t('notices.warning');
    },
  },
  info: {
    state: 'unknown',
    get word() {
      return t('notices.note');
    },
  },
} as const;

/** What needs a person, worst first, each with the one thing to do about it. */
export function NoticeList({ notices }: { notices: Notice[] }) {
  const order = ['error', 'warning', 'info'];
  const sorted = [...notices].sort(
    (a, b) => order.indexOf(a.severity) - order.indexOf(b.severity) || b.last_at.localeCompare(a.last_at),
  );
  return (
    <ul className="divide-y divide-line">
      {sorted.map((notice) => (
        <NoticeLine key={notice.id} notice={notice} />
      ))}
    </ul>
  );
}

function NoticeLine({ notice }: { notice: Notice }) {
  const { can } = useSession();
  const dismiss = useDismissNotice();
  const { state, word } = SEVERITIES[notice.severity];
  const { action } = notice;
  return (
    <li className="flex items-start gap-3 py-2.5 pr-2 pl-4">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2">
          <Status state={state} label={word} />
          <span className="font-medium">{notice.title}</span>
          {notice.count > 1 ? (
            <span className="text-small text-muted">{t('notices.times', { count: notice.count })}</span>
          ) : null}
        </p>
        <p className="mt-0.5 break-words text-muted">{notice.message}</p>
        <p className="mt-0.5 flex flex-wrap gap-x-3 text-small text-muted">
          <RelativeTime at={notice.last_at} />
          {notice.plugin ? <a href={`/plugins/${notice.plugin}`}>{notice.plugin}</a> : null}
        </p>
      </div>
      {action && can('plugins:manage') ? <NoticeAction action={action} /> : null}
      {can('notices:manage') ? (
        <IconButton
          icon={X}
          size="small"
          label={t('notices.dismiss', { title: notice.title })}
          disabled={dismiss.isPending}
          onClick={() => dismiss.mutate(notice)}
        />
      ) : null}
    </li>
  );
}

function NoticeAction({ action }: { action: NonNullable<Notice['action']> }) {
  const grant = useGrantNotice();
  if (action.kind === 'review-upgrade') {
    return (
      <a
        href={`/plugins/${action.plugin}`}
        className={buttonClass('default', 'small')}
        aria-label={t('notices.reviewUpgradeOf', { plugin: action.plugin })}
      >
        {t('notices.review')}
      </a>
    );
  }
  return (
    <Button
      size="small"
      pending={grant.isPending}
      onClick={() => grant.mutate(action)}
      aria-label={t('notices.grantTo', { interface: action.interface, plugin: action.plugin })}
    >
      {t('notices.grant')}
    </Button>
  );
}
