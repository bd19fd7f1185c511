import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, type MouseEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { BodyRow } from './body-row';
import type { Sort } from './columns';
import type { DataTableProps } from './data-table';
import { HeaderRow } from './header-row';
import { columnTemplate, type TableLayoutControl, visibleColumns } from './layout-store';
import { observeSize, useBox } from './use-box';
import { onGridKey } from './use-grid-keys';
import { useRowSelection } from './use-row-selection';

const NARROW_PX = 640;
const TWO_LINE_PX = 56;
const NOTHING: ReadonlySet<string> = new Set();
const ignore = () => undefined;

interface TableGridProps<Row extends object> extends DataTableProps<Row> {
  shown: Uint32Array;
  sort: Sort | null;
  control: TableLayoutControl;
}

export function TableGrid<Row extends object>(props: TableGridProps<Row>) {
  const { rows, rowId, shown, control, selected = NOTHING, onSelectedChange, onOpen, activeId } = props;
  const scrollRef = useRef<HTMLDivElement>(null);
  const box = useBox(scrollRef);
  const compact = box.width < NARROW_PX;
  const rowHeight = compact ? TWO_LINE_PX : box.rowHeight;
  const selectable = onSelectedChange !== undefined;
  const columns = useMemo(() => visibleColumns(props.columns, control.layout), [props.columns, control.layout]);
  const { template, minWidth } = columnTemplate(columns, control.layout, selectable);
  const [current, setCurrent] = useState(0);
  const focused = Math.min(current, shown.length - 1);

  const rowAt = useCallback((at: number) => rows[shown[at] ?? -1], [rows, shown]);
  const idAt = useCallback(
    (at: number) => {
      const row = rowAt(at);
      return row === undefined ? null : rowId(row);
    },
    [rowAt, rowId],
  );
  const selection = useRowSelection(idAt, shown.length, selected, onSelectedChange ?? ignore);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scrollRef.current,
    observeElementRect: observeSize,
    estimateSize: () => rowHeight,
    overscan: 12,
    rangeExtractor: ({ startIndex, endIndex, overscan, count }) => {
      const first = Math.max(0, startIndex - overscan);
      const last = Math.min(count - 1, endIndex + overscan);
      const places = Array.from({ length: last - first + 1 }, (_, at) => first + at);
      if (focused >= 0 && focused < first) places.unshift(focused);
      if (focused > last) places.push(focused);
      return places;
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured anew when the height of rows changes
  useEffect(() => virtual.measure(), [rowHeight]);

  const focusRow = (at: number) => {
    setCurrent(at);
    virtual.scrollToIndex(at, { align: 'auto' });
    requestAnimationFrame(() => {
      scrollRef.current?.querySelector<HTMLElement>(`[aria-rowindex="${at + 2}"]`)?.focus({ preventScroll: true });
    });
  };
  const open = (at: number) => {
    const row = rowAt(at);
    if (row !== undefined) onOpen?.(row);
  };
  // The same functions at every drawing, so that a row is drawn anew only when it changed itself.
  const latest = useRef({ open, selectable, tick: selection.tick });
  latest.current = { open, selectable, tick: selection.tick };
  const press = useCallback((at: number, event: MouseEvent) => {
    const now = latest.current;
    setCurrent(at);
    if ((event.target as HTMLElement).closest('a, button, input, label') !== null) return;
    if (now.selectable && (event.ctrlKey || event.metaKey || event.shiftKey)) now.tick(at, event.shiftKey);
    else now.open(at);
  }, []);
  const tick = useCallback((at: number, extend: boolean) => latest.current.tick(at, extend), []);
  const all = selectable && selected.size > 0 && shown.every((_, at) => selected.has(idAt(at) ?? ''));
  const style = {
    '--lh-columns': compact ? `${selectable ? '36px ' : ''}minmax(0, 1fr)` : template,
    '--lh-row': compact ? `${TWO_LINE_PX}px` : undefined,
    minWidth: compact ? undefined : minWidth,
  } as CSSProperties;

  return (
    <div
      ref={scrollRef}
      className="min-h-0 flex-1 overflow-auto contain-strict"
      data-scroll-restoration-id={`table-${props.label}`}
    >
      <div
        role="grid"
        aria-label={props.label}
        aria-rowcount={shown.length + 1}
        aria-colcount={columns.length + (selectable ? 1 : 0)}
        aria-multiselectable={selectable || undefined}
        style={style}
        onKeyDown={(event) =>
          onGridKey(event, {
            count: shown.length,
            current: focused,
            pageRows: Math.max(1, Math.floor(box.height / rowHeight) - 2),
            move: (to, extend) => {
              if (extend && selectable) selection.range(focused, to);
              focusRow(to);
            },
            open,
            toggle: (at) => (selectable ? selection.tick(at, false) : undefined),
            selectAll: () => (selectable ? selection.all() : undefined),
            clear: () => {
              if (!selectable || selected.size === 0) return false;
              selection.none();
              return true;
            },
          })
        }
      >
        {compact ? null : (
          <div role="rowgroup" className="sticky top-0 z-10">
            <HeaderRow
              columns={columns}
              sort={props.sort}
              onSortChange={props.onSortChange}
              selection={
                selectable
                  ? { all, some: selected.size > 0, toggle: () => (all ? selection.none() : selection.all()) }
                  : null
              }
              setWidth={control.setWidth}
            />
          </div>
        )}
        <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rowAt(index);
            if (row === undefined) return null;
            const id = rowId(row);
            return (
              <BodyRow
                key={id}
                row={row}
                id={id}
                columns={columns}
                rowIndex={index}
                top={start}
                compact={compact}
                selectable={selectable}
                selected={selected.has(id)}
                active={activeId === id}
                focusable={index === focused}
                onPress={press}
                onTick={tick}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}
