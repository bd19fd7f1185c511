import type { ReactNode } from 'react';

export type CellValue = string | number | boolean | null | undefined;

export interface Column<Row> {
  /** Unique in the table; the sort in the address names it. */
  id: string;
  header: string;
  /** What search and sort look at. */
  value: (row: Row) => CellValue;
  /** What is drawn; the value itself unless given. */
  cell?: (row: Row) => ReactNode;
  /** Fixed width in pixels; without it the column grows from `minWidth`. */
  width?: number;
  minWidth?: number;
  /** Share of the space left. */
  grow?: number;
  align?: 'start' | 'end';
  searchable?: boolean;
  sortable?: boolean;
  /** Hidden until the reader shows it. */
  hidden?: boolean;
  /** Its place in the two-line rows of a small screen. */
  mobile?: 'title' | 'aside' | 'detail' | 'action';
}

export interface Sort {
  column: string;
  descending: boolean;
}

/** `size-` is `size` descending. */
export function parseSort(text: string): Sort {
  return text.endsWith('-') ? { column: text.slice(0, -1), descending: true } : { column: text, descending: false };
}

export function formatSort(sort: Sort): string {
  return sort.descending ? `${sort.column}-` : sort.column;
}

/** A cell without a value: it sorts last, and narrow rows leave it out. */
export function isMissing(value: CellValue): value is null | undefined | '' {
  return value === null || value === undefined || value === '';
}
