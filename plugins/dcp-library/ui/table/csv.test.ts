import { expect, test } from 'vitest';
import { toRow } from '../data/package-row';
import { toCsv } from './csv';
import { splitTitle } from './title-cell';

test('an export has a header, one line a row and no formulas', () => {
  const row = toRow({
    id: 'p1',
    package_name: '=HYPERLINK("x")',
    content_title: 'A "title", with\nlines',
    total_size_bytes: 5,
    languages: { sound: ['en', 'fr'] },
  });
  const text = toCsv([row]);
  const [header, ...rest] = text.split('\r\n');
  expect(header?.split(',')).toContain('total_size_bytes');
  expect(rest.join('\r\n')).toContain(`p1,,"'=HYPERLINK(""x"")","A ""title"", with\nlines",`);
  expect(text).toContain(',en fr,');
  expect(text.endsWith('\r\n')).toBe(true);
});

test('a title of the convention is split behind the name of the film', () => {
  expect(splitTitle('GoldenTide_FTR-1-2D_F_EN-XX')).toEqual(['GoldenTide', '_FTR-1-2D_F_EN-XX']);
  expect(splitTitle('Old_Title_TLR_F')).toEqual(['Old_Title', '_TLR_F']);
  expect(splitTitle('A Test DCP')).toEqual(['A Test DCP', '']);
});
