import { afterEach, expect, it } from 'vitest';
import { createMessages, language, preferredLanguage, setLanguage } from './messages';

const catalogues = {
  en: { list: { rows: 'Rows', named: 'Rows of {name}' } },
  de: { list: { rows: 'Zeilen', named: 'Zeilen von {name}' } },
};

afterEach(() => setLanguage('en'));

it('follows the language of the document', async () => {
  const t = createMessages(catalogues);
  expect(t('list.rows')).toBe('Rows');
  await setLanguage('de');
  expect([language(), document.documentElement.lang, t('list.rows')]).toEqual(['de', 'de', 'Zeilen']);
});

it('loads a catalogue that is not there yet before the language holds', async () => {
  const t = createMessages({ en: catalogues.en, de: async () => ({ default: catalogues.de }) });
  await setLanguage('de');
  expect(t('list.rows')).toBe('Zeilen');
});

it.each([
  [['de-AT', 'en'], 'de'],
  [['fr', 'de'], 'de'],
  [['fr'], 'en'],
  [[], 'en'],
])('takes of %o the first there are texts in: %s', (wanted, found) => expect(preferredLanguage(wanted)).toBe(found));
