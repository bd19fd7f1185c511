import { Button, EmptyState } from '@lamphouse/ui';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { OctagonX, RotateCcw } from 'lucide-react';

/** The last boundary: the shell itself failed to draw. */
export function CrashedPage({ error }: ErrorComponentProps) {
  return (
    <main className="p-6">
      <EmptyState
        icon={OctagonX}
        title="This page stopped"
        message={`${error instanceof Error ? error.message : String(error)} Your data is not affected. Reload to go on.`}
        action={
          <Button variant="primary" icon={RotateCcw} onClick={() => window.location.reload()}>
            Reload
          </Button>
        }
      />
    </main>
  );
}
