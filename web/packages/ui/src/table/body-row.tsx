import { type CSSProperties, type MouseEvent, memo, type ReactNode } from 'react';
import { classNames } from '../class-names';
import { t } from '../messages';
import { type Column, isMissing } from './columns';

export interface BodyRowProps<Row> {
  row: Row;
  id: string;
  columns: Column<Row>[];
  rowIndex: number;
  top: number;
  compact: boolean;
  selectable: boolean;
  selected: boolean;
  active: boolean;
  focusable: boolean;
  onPress: (rowIndex: number, event: MouseEvent) => void;
  onTick: (rowIndex: number, extend: boolean) => void;
}

export function cellContent<Row>(column: Column<Row>, row: Row): ReactNode {
  if (column.cell) return column.cell(row);
  const value = column.value(row);
  return value === null || value === undefined ? null : String(value);
}

function BodyRowInner<Row>(props: BodyRowProps<Row>) {
  const { row, id, columns, rowIndex, top, compact, selectable, selected, active, focusable } = props;
  const style: CSSProperties = { transform: `translateY(${top}px)` };
  const tick = selectable ? (
    <div role="gridcell" aria-colindex={1} className="flex justify-center">
      <input
        type="checkbox"
        tabIndex={-1}
        aria-label={t('table.selectRow')}
        className="size-4"
        checked={selected}
        onChange={() => undefined}
        onClick={(event) => {
          event.stopPropagation();
          props.onTick(rowIndex, event.shiftKey);
        }}
      />
    </div>
  ) : null;
  const common = {
    role: 'row',
    'aria-rowindex': rowIndex + 2,
    'aria-selected': selectable ? selected : undefined,
    'data-row': id,
    'data-active': active || undefined,
    tabIndex: focusable ? 0 : -1,
    style,
    onClick: (event: MouseEvent) => props.onPress(rowIndex, event),
  } as const;
  if (compact) {
    return (
      <div {...common} className="lh-table-row lh-two-line absolute inset-x-0 top-0 border-b border-line">
        {tick}
        <TwoLines row={row} columns={columns} colStart={selectable ? 2 : 1} />
      </div>
    );
  }
  return (
    <div
      {...common}
      className="lh-table-row absolute inset-x-0 top-0 cursor-default border-b border-line hover:bg-raised"
    >
      {tick}
      {columns.map((column, position) => (
        <div
          key={column.id}
          role="gridcell"
          aria-colindex={position + (selectable ? 2 : 1)}
          className={classNames('min-w-0 truncate px-2', column.align === 'end' && 'lh-figures text-right')}
        >
          {cellContent(column, row)}
        </div>
      ))}
    </div>
  );
}

function TwoLines<Row>({ row, columns, colStart }: { row: Row; columns: Column<Row>[]; colStart: number }) {
  const at = (place: Column<Row>['mobile']) => columns.filter((column) => column.mobile === place);
  const draw = (column: Column<Row>, className: string) => (
    <span key={column.id} className={className}>
      {cellContent(column, row)}
    </span>
  );
  const title = at('title')[0] ?? columns[0];
  return (
    <div role="gridcell" aria-colindex={colStart} className="flex h-full min-w-0 items-center gap-1 px-2">
      <span className="flex min-w-0 flex-1 flex-col gap-0.5">
        <span className="flex min-w-0 items-center gap-2">
          <span className="min-w-0 flex-1 truncate font-medium">{title ? cellContent(title, row) : null}</span>
          {at('aside').map((column) => draw(column, 'shrink-0'))}
        </span>
        <span className="flex min-w-0 items-center gap-3 overflow-hidden text-small text-muted">
          {at('detail')
            .filter((column) => !isMissing(column.value(row)))
            .map((column) => draw(column, 'min-w-0 truncate'))}
        </span>
      </span>
      {at('action').map((column) => draw(column, 'shrink-0'))}
    </div>
  );
}

/** One row; drawn again only when its own data or state changed. */
export const BodyRow = memo(BodyRowInner) as typeof BodyRowInner;
