import type { Column, Sort } from '@lamphouse/ui';
import { expect, test } from 'vitest';
import { Random } from '../mock/random';
import { neighbours, rowOrder } from './order';

interface Item {
  name: string | null;
  size: number | null;
}

const COLUMNS: Column<Item>[] = [
  { id: 'name', header: 'Name', value: (item) => item.name },
  { id: 'size', header: 'Size', value: (item) => item.size },
];

/** The order of the table: sorted by value, equal rows in order of the list (reversed when descending), missing values last. */
function oracle(items: readonly Item[], sort: Sort): Item[] {
  const key = sort.column === 'size' ? 'size' : 'name';
  const present = items.filter((item) => item[key] !== null);
  const missing = items.filter((item) => item[key] === null);
  present.sort(rowOrder(COLUMNS, { ...sort, descending: false }));
  return [...(sort.descending ? present.reverse() : present), ...missing];
}

test('neighbours are those of the sorted list, for any list', () => {
  const random = new Random(11);
  for (let round = 0; round < 60; round += 1) {
    const items = Array.from(
      { length: random.between(1, 30) },
      (): Item => ({
        name: random.chance(0.2) ? null : random.pick(['Reel 2', 'Reel 10', 'alpha', 'Beta']),
        size: random.chance(0.2) ? null : random.between(0, 5),
      }),
    );
    for (const column of ['name', 'size']) {
      for (const descending of [false, true]) {
        const sort = { column, descending };
        const sorted = oracle(items, sort);
        for (const [place, item] of sorted.entries()) {
          const found = neighbours(items, item, COLUMNS, sort);
          expect(found.previous).toBe(sorted[place - 1] ?? null);
          expect(found.next).toBe(sorted[place + 1] ?? null);
        }
      }
    }
  }
});

test('numbers inside text count as numbers', () => {
  const order = rowOrder(COLUMNS, { column: 'name', descending: false });
  expect(order({ name: 'Reel 2', size: 0 }, { name: 'Reel 10', size: 0 })).toBeLessThan(0);
});

test('an unknown column keeps the order of the list', () => {
  const items: Item[] = [
    { name: 'b', size: 1 },
    { name: 'a', size: 2 },
  ];
  expect(neighbours(items, items[0] as Item, COLUMNS, { column: 'gone', descending: false }).next).toBe(items[1]);
});
