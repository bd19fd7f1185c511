import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogueFaults, hardCodedTexts } from '@lamphouse/ui-testing/texts';
import { describe, expect, it } from 'vitest';

const web = join(import.meta.dirname, '../..');

/** Languages are called what they call themselves. */
const NAMES = ['English', 'Deutsch'];

describe.each(['src', 'packages/ui/src', 'packages/sdk/src'])('texts of %s', (folder) => {
  const read = (language: string) => JSON.parse(readFileSync(join(web, folder, `messages/${language}.json`), 'utf8'));

  it('stand in the catalogues', () => expect(hardCodedTexts(join(web, folder), NAMES)).toEqual([]));
  it('are there in German as in English', () => expect(catalogueFaults(read('en'), read('de'))).toEqual([]));
});
