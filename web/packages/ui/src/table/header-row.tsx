import { ArrowDown, ArrowUp } from 'lucide-react';
import { classNames } from '../class-names';
import { t } from '../messages';
import type { Column, Sort } from './columns';
import { ResizeHandle } from './resize-handle';

export interface HeaderRowProps<Row> {
  columns: Column<Row>[];
  sort: Sort | null;
  onSortChange: ((sort: Sort) => void) | undefined;
  selection: { all: boolean; some: boolean; toggle: () => void } | null;
  setWidth: (column: string, width: number | null) => void;
}

export function HeaderRow<Row>({ columns, sort, onSortChange, selection, setWidth }: HeaderRowProps<Row>) {
  return (
    <div role="row" aria-rowindex={1} className="lh-table-row border-b border-line bg-surface text-small text-muted">
      {selection ? (
        <div role="columnheader" aria-colindex={1} className="flex justify-center">
          <input
            type="checkbox"
            aria-label={t('table.selectAllThatMatch')}
            className="size-4"
            checked={selection.all}
            ref={(box) => {
              if (box) box.indeterminate = selection.some && !selection.all;
            }}
            onChange={selection.toggle}
          />
        </div>
      ) : null}
      {columns.map((column, position) => (
        <HeaderCell
          key={column.id}
          column={column}
          colIndex={position + (selection ? 2 : 1)}
          sort={sort?.column === column.id ? sort : null}
          onSortChange={onSortChange}
          setWidth={setWidth}
        />
      ))}
    </div>
  );
}

interface HeaderCellProps<Row> {
  column: Column<Row>;
  colIndex: number;
  sort: Sort | null;
  onSortChange: ((sort: Sort) => void) | undefined;
  setWidth: (column: string, width: number | null) => void;
}

function HeaderCell<Row>({ column, colIndex, sort, onSortChange, setWidth }: HeaderCellProps<Row>) {
  const sortable = column.sortable !== false && onSortChange !== undefined;
  const Arrow = sort?.descending ? ArrowDown : ArrowUp;
  const className = classNames('flex w-full min-w-0 items-center gap-1 px-2', column.align === 'end' && 'justify-end');
  return (
    <div
      role="columnheader"
      aria-colindex={colIndex}
      aria-sort={sort === null ? undefined : sort.descending ? 'descending' : 'ascending'}
      className="group relative flex h-full min-w-0 items-center"
    >
      {sortable ? (
        <button
          type="button"
          className={classNames(className, 'h-full hover:text-fg', sort && 'font-semibold text-fg')}
          onClick={() => onSortChange({ column: column.id, descending: sort !== null && !sort.descending })}
        >
          <span className="truncate">{column.header}</span>
          {sort ? <Arrow size={12} aria-hidden className="shrink-0" /> : null}
        </button>
      ) : (
        <span className={className}>
          <span className="truncate">{column.header}</span>
        </span>
      )}
      <ResizeHandle onWidth={(width) => setWidth(column.id, width)} />
    </div>
  );
}
