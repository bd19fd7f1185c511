import { describe, expect, it } from 'vitest';
import { type Column, formatSort, parseSort } from './columns';
import { RowIndex } from './row-index';

interface Row {
  name: string;
  size: number | null;
  tag: string;
}

const COLUMNS: Column<Row>[] = [
  { id: 'name', header: 'Name', value: (row) => row.name },
  { id: 'size', header: 'Size', value: (row) => row.size },
  { id: 'tag', header: 'Tag', value: (row) => row.tag, searchable: false },
];

/** Numbers that repeat at every run. */
function rows(count: number): Row[] {
  let state = 42;
  const next = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state;
  };
  return Array.from({ length: count }, () => ({
    name: `item ${next() % 50} ${['alpha', 'Beta', 'gamma'][next() % 3]}`,
    size: next() % 7 === 0 ? null : next() % 100,
    tag: `secret${next() % 5}`,
  }));
}

describe('RowIndex', () => {
  const data = rows(500);
  const index = new RowIndex(data, COLUMNS);
  const found = (selection: Parameters<typeof index.select>[0]) =>
    [...index.select(selection)].map((at) => data[at] as Row);

  it('keeps the order given without a sort', () => {
    expect(found({ search: '', sort: null })).toEqual(data);
  });

  it.each(['beta', 'item 7', 'GAMMA 3', 'nothing-like-it'])(
    'finds the same rows as a plain filter for %s',
    (search) => {
      const words = search.toLowerCase().split(' ');
      const plain = data.filter((row) =>
        words.every((word) => `${row.name}\n${row.size ?? ''}`.toLowerCase().includes(word)),
      );
      expect(found({ search, sort: null })).toEqual(plain);
    },
  );

  it('does not search columns that are left out', () => {
    expect(found({ search: 'secret', sort: null })).toEqual([]);
  });

  it.each([false, true])('sorts numbers, missing ones last (descending: %s)', (descending) => {
    const sizes = found({ search: '', sort: { column: 'size', descending } }).map((row) => row.size);
    const present = sizes.filter((size): size is number => size !== null);
    const expected = [...present].sort((a, b) => (descending ? b - a : a - b));
    expect(sizes).toEqual([...expected, ...Array(sizes.length - present.length).fill(null)]);
  });

  it('sorts text the way people count', () => {
    const few = new RowIndex(
      [
        { name: 'part 10', size: 1, tag: '' },
        { name: 'Part 9', size: 2, tag: '' },
      ],
      COLUMNS,
    );
    expect([...few.select({ search: '', sort: { column: 'name', descending: false } })]).toEqual([1, 0]);
  });

  it('joins search, filter and sort', () => {
    const shown = found({
      search: 'beta',
      filter: (row) => (row.size ?? 0) > 50,
      sort: { column: 'size', descending: true },
    });
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.every((row) => row.name.includes('Beta') && (row.size ?? 0) > 50)).toBe(true);
  });

  it('ignores a sort by a column that does not exist', () => {
    expect(found({ search: '', sort: { column: 'gone', descending: false } })).toEqual(data);
  });
});

it('reads and writes a sort as text', () => {
  expect(parseSort('size-')).toEqual({ column: 'size', descending: true });
  expect(formatSort(parseSort('size'))).toBe('size');
  expect(formatSort(parseSort('size-'))).toBe('size-');
});
