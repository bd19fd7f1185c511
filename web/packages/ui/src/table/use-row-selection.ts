import { useCallback, useRef } from 'react';

export interface RowSelection {
  tick: (rowIndex: number, extend: boolean) => void;
  range: (from: number, to: number) => void;
  all: () => void;
  none: () => void;
}

/** Ticks, ranges from the last tick, all that match. `idAt` names the row at a place in the shown order. */
export function useRowSelection(
  idAt: (rowIndex: number) => string | null,
  count: number,
  selected: ReadonlySet<string>,
  onChange: (selected: ReadonlySet<string>) => void,
): RowSelection {
  const anchor = useRef(0);
  const range = useCallback(
    (from: number, to: number) => {
      const next = new Set(selected);
      for (let at = Math.min(from, to); at <= Math.max(from, to); at++) {
        const id = idAt(at);
        if (id !== null) next.add(id);
      }
      onChange(next);
    },
    [idAt, onChange, selected],
  );
  const tick = useCallback(
    (rowIndex: number, extend: boolean) => {
      const id = idAt(rowIndex);
      if (id === null) return;
      if (extend) return range(anchor.current, rowIndex);
      anchor.current = rowIndex;
      const next = new Set(selected);
      if (!next.delete(id)) next.add(id);
      onChange(next);
    },
    [idAt, onChange, range, selected],
  );
  const all = useCallback(() => {
    const ids = Array.from({ length: count }, (_, at) => idAt(at));
    onChange(new Set(ids.filter((id) => id !== null)));
  }, [count, idAt, onChange]);
  const none = useCallback(() => onChange(new Set()), [onChange]);
  return { tick, range, all, none };
}
