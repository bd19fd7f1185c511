import type { PointerEvent } from 'react';

/** Drag to size a column, double press for its own size. The columns menu does the same without dragging. */
export function ResizeHandle({ onWidth }: { onWidth: (width: number | null) => void }) {
  const start = (event: PointerEvent<HTMLSpanElement>) => {
    const handle = event.currentTarget;
    const cell = handle.parentElement;
    if (cell === null) return;
    event.preventDefault();
    const offset = cell.getBoundingClientRect().width - event.clientX;
    handle.setPointerCapture(event.pointerId);
    const move = (next: globalThis.PointerEvent) => onWidth(next.clientX + offset);
    const stop = () => {
      handle.removeEventListener('pointermove', move);
      handle.removeEventListener('pointerup', stop);
      handle.removeEventListener('pointercancel', stop);
    };
    handle.addEventListener('pointermove', move);
    handle.addEventListener('pointerup', stop);
    handle.addEventListener('pointercancel', stop);
  };
  return (
    <span
      aria-hidden
      onPointerDown={start}
      onDoubleClick={() => onWidth(null)}
      className="absolute inset-y-1.5 right-0 w-2 cursor-col-resize touch-none border-r border-transparent group-hover:border-control"
    />
  );
}
