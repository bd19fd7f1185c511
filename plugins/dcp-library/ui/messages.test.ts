import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogueFaults, hardCodedTexts } from '@lamphouse/ui-testing/texts';
import { expect, test } from 'vitest';

const read = (language: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, `messages/${language}.json`), 'utf8'));

test('texts stand in the catalogues', () =>
  expect(hardCodedTexts(import.meta.dirname, ['Interop', 'Atmos'])).toEqual([]));
test('every text is there in German', () => expect(catalogueFaults(read('en'), read('de'))).toEqual([]));
