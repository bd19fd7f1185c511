import type { KeyboardEvent } from 'react';

export interface GridActions {
  count: number;
  current: number;
  pageRows: number;
  move: (to: number, extend: boolean) => void;
  open: (at: number) => void;
  toggle: (at: number) => void;
  selectAll: () => void;
  clear: () => boolean;
}

/** Where a key leads from `current`, or null when it is not a key that moves. */
export function keyTarget(key: string, current: number, count: number, pageRows: number): number | null {
  const clamp = (to: number) => Math.min(count - 1, Math.max(0, to));
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return clamp(current + 1);
    case 'ArrowUp':
    case 'k':
      return clamp(current - 1);
    case 'PageDown':
      return clamp(current + pageRows);
    case 'PageUp':
      return clamp(current - pageRows);
    case 'Home':
      return 0;
    case 'End':
      return clamp(count - 1);
    default:
      return null;
  }
}

/** The keys of a grid whose rows take the focus. */
export function onGridKey(event: KeyboardEvent, actions: GridActions): void {
  const { key, ctrlKey, metaKey, shiftKey, altKey } = event;
  const onRow = (event.target as HTMLElement).getAttribute('role') === 'row';
  if (!onRow || altKey || actions.count === 0) return;
  const handled = () => {
    event.preventDefault();
    event.stopPropagation();
  };
  if (ctrlKey || metaKey) {
    if (key.toLowerCase() === 'a') {
      handled();
      actions.selectAll();
    }
    return;
  }
  const to = keyTarget(key, actions.current, actions.count, actions.pageRows);
  if (to !== null) {
    handled();
    actions.move(to, shiftKey);
  } else if (key === 'Enter') {
    handled();
    actions.open(actions.current);
  } else if (key === ' ' || key === 'x') {
    handled();
    actions.toggle(actions.current);
  } else if (key === 'Escape' && actions.clear()) handled();
}
