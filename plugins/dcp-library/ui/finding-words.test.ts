import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setLanguage } from '@lamphouse/sdk';
import { afterEach, expect, test } from 'vitest';
import { findingWords } from './finding-words';
import de from './messages/de.json';
import en from './messages/en.json';

/** Codes with the sentence that the host's own source has for each. */
function codesOfTheSource(): Map<string, string> {
  const source = readFileSync(join(import.meta.dirname, '../src/dcp/findings.rs'), 'utf8');
  const list = /^codes! \{\n([\s\S]*?)^\}/m.exec(source)?.[1] ?? '';
  const found = [...list.matchAll(/\/\/\/ (.+)\n\s+(\w+),/g)];
  const snake = (name: string) => name.replaceAll(/(?!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
  return new Map(found.map(([, meaning = '', name = '']) => [snake(name), meaning]));
}

afterEach(() => setLanguage('en'));

test('every code of the host has a meaning and advice in both languages, and no other has', () => {
  const codes = codesOfTheSource();
  expect(codes.size).toBeGreaterThan(50);
  for (const catalogue of [en, de]) {
    expect(Object.keys(catalogue.findingMeaning).sort()).toEqual([...codes.keys()].sort());
    expect(Object.keys(catalogue.findingAdvice).sort()).toEqual([...codes.keys()].sort());
  }
  expect(en.findingMeaning).toEqual(Object.fromEntries(codes));
  const same = [...codes.keys()].filter(
    (code) =>
      de.findingMeaning[code as keyof typeof de.findingMeaning] ===
      en.findingMeaning[code as keyof typeof en.findingMeaning],
  );
  expect(same).toEqual([]);
});

test('a finding is told in the language of the reader; one that is not known yet in the words of the host', async () => {
  expect(findingWords('asset_missing', 'x').meaning).toBe('A listed file is not there.');
  await setLanguage('de');
  expect(findingWords('asset_missing', 'x')).toEqual({
    meaning: 'Eine aufgeführte Datei ist nicht da.',
    advice: 'Kopieren Sie die fehlende Datei oder das ganze Paket noch einmal.',
  });
  expect(findingWords('new_code', 'something new')).toEqual({ meaning: 'something new', advice: null });
});
