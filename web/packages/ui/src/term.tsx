import { Tooltip } from '@base-ui/react/tooltip';
import type { ReactNode } from 'react';
import { usePortalRoot } from './portal-root';

/** A word with its meaning in a tooltip, by pointer and by keyboard. */
export function Term({ definition, children }: { definition: string; children: ReactNode }) {
  const portalRoot = usePortalRoot();
  return (
    <Tooltip.Root>
      <Tooltip.Trigger
        delay={200}
        render={<button type="button" aria-description={definition} />}
        className="cursor-help rounded-control border-b border-dotted border-current font-[inherit]"
      >
        {children}
      </Tooltip.Trigger>
      <Tooltip.Portal container={portalRoot}>
        <Tooltip.Positioner sideOffset={6} className="z-50">
          <Tooltip.Popup className="lh-popup max-w-72 rounded-card border border-control bg-raised px-3 py-2 text-small text-fg shadow-popover">
            {definition}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
