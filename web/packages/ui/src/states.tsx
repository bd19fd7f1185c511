import { Inbox, OctagonX, RotateCcw } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { Button, type IconComponent } from './button';
import { t } from './messages';

export interface EmptyStateProps {
  icon?: IconComponent;
  title: string;
  message: ReactNode;
  action?: ReactNode;
}

export function EmptyState({ icon: Icon = Inbox, title, message, action }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-10 text-center">
      <Icon size={28} aria-hidden className="text-muted" />
      <p className="text-section font-semibold">{title}</p>
      <div className="max-w-prose text-body text-muted">{message}</div>
      {action ? <div className="mt-2">{action}</div> : null}
    </div>
  );
}

interface Described {
  message?: string;
  detail?: string;
  requestId?: string;
}

export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { message, detail, requestId } = (error ?? {}) as Described;
  return (
    <div role="alert" className="flex flex-col items-center gap-2 px-6 py-10 text-center">
      <span className="lh-tone-bad">
        <OctagonX size={28} aria-hidden className="lh-tone-text" />
      </span>
      <p className="text-section font-semibold">{t('states.thisCouldNotBeLoaded')}</p>
      <p className="max-w-prose text-body text-muted first-letter:uppercase">
        {message ?? t('states.theHostGaveNoReason')}
      </p>
      {detail ? <p className="max-w-prose font-mono text-small break-words text-muted">{detail}</p> : null}
      {requestId ? <p className="font-mono text-small text-muted">{t('states.request', { requestId })}</p> : null}
      {onRetry ? (
        <div className="mt-2">
          <Button icon={RotateCcw} onClick={onRetry}>
            {t('states.tryAgain')}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

const APPEAR_AFTER_MS = 150;

/** Grey lines in place of what loads; drawn only once the wait is noticeable. */
export function Skeleton({ rows = 4 }: { rows?: number }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), APPEAR_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" aria-label={t('states.loading')} className="flex flex-col gap-2 p-4">
      {shown
        ? Array.from({ length: rows }, (_, row) => (
            <span
              key={row}
              className="block h-4 rounded-control bg-raised"
              style={{ width: `${92 - ((row * 17) % 40)}%` }}
            />
          ))
        : null}
    </div>
  );
}
