import { expect, test } from 'vitest';
import { parseTags } from './tag-words';

test('tags are one however they are typed', () => {
  expect(parseTags(' Open  Air, festival,,open air')).toEqual(['open air', 'festival']);
  expect(parseTags('  ')).toEqual([]);
  for (const wrong of ['a"b', 'a\\b', 'x'.repeat(41)]) expect(parseTags(wrong)).toBeNull();
});
