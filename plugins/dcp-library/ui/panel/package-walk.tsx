import { type Column, parseSort } from '@lamphouse/ui';
import { useEffect, useMemo } from 'react';
import type { PackageRow } from '../data/package-row';
import { neighbours } from '../table/order';
import { PackagePanel } from './package-panel';

export interface PackageWalkProps {
  id: string;
  /** The rows that pass the filter. */
  rows: readonly PackageRow[];
  columns: readonly Column<PackageRow>[];
  sort: string;
  tab: string;
  onTab: (tab: string) => void;
  onOpen: (id: string) => void;
  /** Goes to a neighbour; unlike opening it leaves no step in the history. */
  onWalk: (id: string) => void;
  onClose: () => void;
  onRescan: () => void;
  scanning: boolean;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}

/** Puts the focus back on the row once the panel is gone. */
function focusRow(id: string): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`)?.focus());
}

/** The panel with its way to the neighbours in the filtered list, by button and by `[` and `]`. */
export function PackageWalk({ rows, columns, sort, onWalk, onClose, ...panel }: PackageWalkProps) {
  const { id } = panel;
  const { previous, next } = useMemo(() => {
    const current = rows.find((row) => row.id === id);
    return current === undefined ? { previous: null, next: null } : neighbours(rows, current, columns, parseSort(sort));
  }, [rows, id, columns, sort]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === 'Escape' && event.target === document.body) return onClose();
      const to = event.key === '[' ? previous : event.key === ']' ? next : null;
      if (to === null) return;
      event.preventDefault();
      onWalk(to.id);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [previous, next, onWalk, onClose]);
  const alone = previous === null && next === null;
  // At the ends the buttons stay and do nothing: one that vanished would take the focus with it.
  const walk = (to: PackageRow | null) => (to === null ? undefined : onWalk(to.id));
  return (
    <PackagePanel
      {...panel}
      onPrevious={alone ? null : () => walk(previous)}
      onNext={alone ? null : () => walk(next)}
      onClose={() => {
        onClose();
        focusRow(id);
      }}
    />
  );
}
