import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { IconButton } from './icon-button';
import { t } from './messages';

export interface DetailPanelProps {
  title: ReactNode;
  subtitle?: ReactNode;
  status?: ReactNode;
  actions?: ReactNode;
  onClose: () => void;
  onPrevious?: () => void;
  onNext?: () => void;
  children: ReactNode;
}

export function DetailPanel({
  title,
  subtitle,
  status,
  actions,
  onClose,
  onPrevious,
  onNext,
  children,
}: DetailPanelProps) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className="flex min-h-0 flex-1 flex-col"
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          onClose();
        }
      }}
    >
      <header className="shrink-0 border-b border-line py-2 pr-2 pl-4">
        <div className="flex items-start gap-1">
          <h2 id={id} className="min-w-0 flex-1 py-1 text-section font-semibold break-words">
            {title}
          </h2>
          {onPrevious ? <IconButton icon={ChevronUp} label={t('detailPanel.previous')} onClick={onPrevious} /> : null}
          {onNext ? <IconButton icon={ChevronDown} label={t('detailPanel.next')} onClick={onNext} /> : null}
          <IconButton icon={X} label={t('detailPanel.closePanel')} onClick={onClose} />
        </div>
        {subtitle ? <div className="min-w-0 text-body text-muted">{subtitle}</div> : null}
        {status || actions ? (
          <div className="mt-2 flex flex-wrap items-center gap-2 pr-2">
            <div className="min-w-0 flex-1">{status}</div>
            {actions}
          </div>
        ) : null}
      </header>
      <div
        className="flex min-h-0 flex-1 flex-col overflow-y-auto focus-visible:outline-offset-[-2px]"
        tabIndex={0}
        role="group"
        aria-labelledby={id}
      >
        {children}
      </div>
    </section>
  );
}
