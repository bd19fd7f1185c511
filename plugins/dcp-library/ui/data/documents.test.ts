import { expect, test } from 'vitest';
import { asUtf8, sourceLines } from './documents';

test('lines are numbered as in the file, and long ones go on without a number', () => {
  const long = 'x'.repeat(900);
  expect(sourceLines(`a\r\n${long}\nc\n`).map(({ number, text }) => [number, text.length])).toEqual([
    [1, 1],
    [2, 400],
    [null, 400],
    [null, 100],
    [3, 1],
  ]);
  expect(sourceLines('')).toEqual([{ number: 1, text: '' }]);
});

test('a document that was in another encoding says that it is in UTF-8 now', () => {
  expect(asUtf8('<?xml version="1.0" encoding="UTF-16"?><A encoding="x"/>')).toBe(
    '<?xml version="1.0" encoding="UTF-8"?><A encoding="x"/>',
  );
  expect(asUtf8('<A/>')).toBe('<A/>');
});
