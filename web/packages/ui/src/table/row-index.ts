import { language } from '@lamphouse/sdk';
import { type CellValue, type Column, isMissing, type Sort } from './columns';

/** Distinct values in rising order, each with its rank. */
function ranks(values: CellValue[]): Map<CellValue, number> {
  const distinct = [...new Set(values)].filter((value) => !isMissing(value));
  const collator = new Intl.Collator(language(), { numeric: true, sensitivity: 'base' });
  const numeric = distinct.every((value) => typeof value === 'number');
  distinct.sort(numeric ? (a, b) => Number(a) - Number(b) : (a, b) => collator.compare(String(a), String(b)));
  return new Map(distinct.map((value, rank) => [value, rank]));
}

export interface Selection<Row> {
  search: string;
  filter?: ((row: Row) => boolean) | undefined;
  sort: Sort | null;
}

/**
 * Search and order over one set of rows. Search text is kept per row object and rank order per column, so a keystroke
 * or a changed row costs little. Missing values come last in both directions.
 */
export class RowIndex<Row extends object> {
  readonly #columns: readonly Column<Row>[];
  readonly #texts: WeakMap<Row, string>;
  readonly #rows: readonly Row[];
  readonly #orders = new Map<string, { order: Uint32Array; missingFrom: number }>();

  constructor(rows: readonly Row[], columns: readonly Column<Row>[], texts = new WeakMap<Row, string>()) {
    this.#rows = rows;
    this.#columns = columns;
    this.#texts = texts;
  }

  #text(row: Row): string {
    const known = this.#texts.get(row);
    if (known !== undefined) return known;
    const parts = this.#columns.filter((column) => column.searchable !== false).map((column) => column.value(row));
    const text = parts
      .filter((part) => !isMissing(part))
      .join('\n')
      .toLowerCase();
    this.#texts.set(row, text);
    return text;
  }

  #order(columnId: string): { order: Uint32Array; missingFrom: number } | null {
    const known = this.#orders.get(columnId);
    if (known !== undefined) return known;
    const column = this.#columns.find((each) => each.id === columnId);
    if (column === undefined) return null;
    const values = this.#rows.map((row) => column.value(row));
    const rankOf = ranks(values);
    const last = rankOf.size;
    const rowRanks = Uint32Array.from(values, (value) => rankOf.get(value) ?? last);
    const order = Uint32Array.from(values.keys());
    order.sort((a, b) => (rowRanks[a] ?? 0) - (rowRanks[b] ?? 0) || a - b);
    const missingFrom = order.findIndex((row) => rowRanks[row] === last);
    const made = { order, missingFrom: missingFrom < 0 ? order.length : missingFrom };
    this.#orders.set(columnId, made);
    return made;
  }

  /** Positions of the rows that match, in order. */
  select({ search, filter, sort }: Selection<Row>): Uint32Array {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    const found = new Uint32Array(this.#rows.length);
    let count = 0;
    const take = (position: number) => {
      const row = this.#rows[position];
      if (row === undefined || (filter !== undefined && !filter(row))) return;
      if (words.length > 0) {
        const text = this.#text(row);
        if (!words.every((word) => text.includes(word))) return;
      }
      found[count++] = position;
    };
    const ordered = sort === null ? null : this.#order(sort.column);
    if (ordered === null) for (let at = 0; at < this.#rows.length; at++) take(at);
    else {
      const { order, missingFrom } = ordered;
      if (sort?.descending) for (let at = missingFrom - 1; at >= 0; at--) take(order[at] ?? 0);
      else for (let at = 0; at < missingFrom; at++) take(order[at] ?? 0);
      for (let at = missingFrom; at < order.length; at++) take(order[at] ?? 0);
    }
    return found.slice(0, count);
  }
}
