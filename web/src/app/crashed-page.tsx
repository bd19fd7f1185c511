import { Button, EmptyState } from '@lamphouse/ui';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { OctagonX, RotateCcw } from 'lucide-react';
import { t } from '../lib/messages';

/** The last boundary: the shell itself failed to draw. */
export function CrashedPage({ error }: ErrorComponentProps) {
  return (
    <main className="p-6">
      <EmptyState
        icon={OctagonX}
        title={t('app.thisPageStopped')}
        message={t('app.yourDataIsNotAffected', { reason: error instanceof Error ? error.message : String(error) })}
        action={
          <Button variant="primary" icon={RotateCcw} onClick={() => window.location.reload()}>
            {t('app.reload')}
          </Button>
        }
      />
    </main>
  );
}
