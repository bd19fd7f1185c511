import { useCallback, useState } from 'react';
import type { Column } from './columns';

/** What a reader changed about one table's columns; kept in the browser where it may be. */
export interface TableLayout {
  /** Columns shown or hidden against their default. */
  visible: Record<string, boolean>;
  widths: Record<string, number>;
}

const EMPTY: TableLayout = { visible: {}, widths: {} };
/** What a row keeps free at its ends. */
const INSET_PX = 16;
const MIN_WIDTH = 48;
const MAX_WIDTH = 900;

/** A layout out of what was kept of one. */
export function readLayout(kept: Partial<TableLayout> | null | undefined): TableLayout {
  return { visible: kept?.visible ?? {}, widths: kept?.widths ?? {} };
}

function read(key: string): TableLayout {
  try {
    return readLayout(JSON.parse(localStorage.getItem(key) ?? 'null') as Partial<TableLayout> | null);
  } catch {
    return EMPTY;
  }
}

function write(key: string, layout: TableLayout): void {
  try {
    localStorage.setItem(key, JSON.stringify(layout));
  } catch {
    // A framed page has no storage: the choice lasts as long as the page.
  }
}

export interface TableLayoutControl {
  layout: TableLayout;
  setVisible: (column: string, visible: boolean) => void;
  setWidth: (column: string, width: number | null) => void;
  replace: (layout: TableLayout) => void;
}

/** The columns of the table of that name, as this browser keeps them. */
export function useTableLayout(name: string): TableLayoutControl {
  const key = `lamphouse.table.${name}`;
  const [layout, setLayout] = useState(() => read(key));
  const change = useCallback(
    (next: (layout: TableLayout) => TableLayout) =>
      setLayout((now) => {
        const changed = next(now);
        write(key, changed);
        return changed;
      }),
    [key],
  );
  const setVisible = useCallback(
    (column: string, visible: boolean) => change((now) => ({ ...now, visible: { ...now.visible, [column]: visible } })),
    [change],
  );
  const setWidth = useCallback(
    (column: string, width: number | null) =>
      change((now) => {
        const { [column]: _, ...widths } = now.widths;
        if (width !== null) widths[column] = Math.round(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width)));
        return { ...now, widths };
      }),
    [change],
  );
  const replace = useCallback((next: TableLayout) => change(() => next), [change]);
  return { layout, setVisible, setWidth, replace };
}

export function visibleColumns<Row>(columns: readonly Column<Row>[], layout: TableLayout): Column<Row>[] {
  return columns.filter((column) => layout.visible[column.id] ?? column.hidden !== true);
}

/** The grid's column sizes and the least width that keeps them readable. */
export function columnTemplate<Row>(
  columns: readonly Column<Row>[],
  layout: TableLayout,
  selectable: boolean,
): { template: string; minWidth: number } {
  let minWidth = INSET_PX + (selectable ? 36 : 0);
  const sizes = columns.map((column) => {
    const fixed = layout.widths[column.id] ?? column.width;
    const least = fixed ?? column.minWidth ?? 120;
    minWidth += least;
    return fixed === undefined ? `minmax(${least}px, ${column.grow ?? 1}fr)` : `${fixed}px`;
  });
  const grows = columns.some((column) => layout.widths[column.id] === undefined && column.width === undefined);
  const all = [...(selectable ? ['36px'] : []), ...sizes, ...(grows ? [] : ['minmax(0, 1fr)'])];
  return { template: all.join(' '), minWidth };
}
