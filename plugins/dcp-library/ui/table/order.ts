/** The order of the table, for what walks along it: the neighbours of a row and the rows of an export. */
import { type Language, language } from '@lamphouse/sdk';
import type { Column, Sort } from '@lamphouse/ui';

type CellValue = ReturnType<Column<unknown>['value']>;

const collators = new Map<Language, Intl.Collator>();

/** As the table sorts. */
function collator(): Intl.Collator {
  const known = collators.get(language()) ?? new Intl.Collator(language(), { numeric: true, sensitivity: 'base' });
  collators.set(language(), known);
  return known;
}

function isMissing(value: CellValue): value is null | undefined | '' {
  return value === null || value === undefined || value === '';
}

function compareValues(a: CellValue, b: CellValue): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : collator().compare(String(a), String(b));
}

/** Compares rows as the table does: missing values last in both directions. */
export function rowOrder<Row>(columns: readonly Column<Row>[], sort: Sort): (a: Row, b: Row) => number {
  const column = columns.find((each) => each.id === sort.column);
  if (column === undefined) return () => 0;
  const way = sort.descending ? -1 : 1;
  return (a, b) => {
    const [x, y] = [column.value(a), column.value(b)];
    if (isMissing(x) || isMissing(y)) return Number(isMissing(x)) - Number(isMissing(y));
    return way * compareValues(x, y);
  };
}

export interface Neighbours<Row> {
  previous: Row | null;
  next: Row | null;
}

/** The rows before and after `current` in that order, without sorting them all. Equal rows keep the order of `rows`, reversed when descending. */
export function neighbours<Row>(
  rows: readonly Row[],
  current: Row,
  columns: readonly Column<Row>[],
  sort: Sort,
): Neighbours<Row> {
  const value = columns.find((column) => column.id === sort.column)?.value ?? (() => null);
  const values = rowOrder(columns, sort);
  const compare = (a: number, b: number): number => {
    const [x, y] = [rows[a] as Row, rows[b] as Row];
    return values(x, y) || (sort.descending && !isMissing(value(x)) ? b - a : a - b);
  };
  const place = rows.indexOf(current);
  let previous = -1;
  let next = -1;
  for (const at of rows.keys()) {
    const side = at === place ? 0 : compare(at, place);
    if (side < 0 && (previous < 0 || compare(at, previous) > 0)) previous = at;
    if (side > 0 && (next < 0 || compare(at, next) < 0)) next = at;
  }
  return { previous: rows[previous] ?? null, next: rows[next] ?? null };
}
