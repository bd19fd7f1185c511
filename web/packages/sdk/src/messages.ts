/** Texts in the reader's language, and what that language is. One language holds for the whole document. */
import { createTranslator } from 'use-intl/core';

/** The languages there are texts in, each in its own words. English is complete by definition: keys come from it. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

/** Texts by subject and name. `lamphousePluginUi` compiles them from ICU message syntax. */
export type Messages = Readonly<Record<string, Readonly<Record<string, string>>>>;
export type MessageKey<M extends Messages> = {
  [Subject in keyof M & string]: `${Subject}.${keyof M[Subject] & string}`;
}[keyof M & string];
export type MessageValues = Readonly<Record<string, string | number>>;
/** The text of a key; values take the places of the names in braces. */
export type Translate<M extends Messages> = (key: MessageKey<M>, values?: MessageValues) => string;

type Load<M> = () => Promise<{ default: M }>;

let current: Language = 'en';
const loaders = new Set<(wanted: Language) => Promise<void>>();

/** What the document is written in now; also for `Intl`. */
export function language(): Language {
  return current;
}

/** The first language of the browser that there are texts in; English without one. */
export function preferredLanguage(wanted: readonly string[] = navigator.languages): Language {
  const known = wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag in LANGUAGES);
  return (known ?? 'en') as Language;
}

/** Loads the texts of a language and makes it the document's. What is drawn already must be drawn anew. */
export async function setLanguage(wanted: Language): Promise<void> {
  await Promise.all([...loaders].map((load) => load(wanted)));
  current = wanted;
  document.documentElement.lang = wanted;
}

/**
 * A translator over catalogues, one per language, given whole or as a function that loads one. Call it while drawing: it
 * follows `language()`. A catalogue to load must be there by then, which the shell sees to for those made before it draws.
 */
export function createMessages<M extends Messages>(catalogues: Record<Language, M | Load<M>>): Translate<M> {
  const translators = new Map<Language, (key: string, values?: MessageValues) => string>();
  const add = (wanted: Language, messages: M) => {
    const translate = createTranslator({ locale: wanted, messages: messages as Messages, timeZone: 'UTC' });
    // Most texts have no values and are asked for by every row of a table.
    const plain = new Map<string, string>();
    translators.set(wanted, (key, values) => {
      if (values !== undefined) return translate(key as never, values as never);
      const known = plain.get(key) ?? translate(key as never);
      plain.set(key, known);
      return known;
    });
  };
  for (const wanted of Object.keys(LANGUAGES) as Language[]) {
    const catalogue = catalogues[wanted];
    if (typeof catalogue !== 'function') add(wanted, catalogue);
  }
  loaders.add(async (wanted) => {
    const catalogue = catalogues[wanted];
    if (typeof catalogue === 'function' && !translators.has(wanted)) add(wanted, (await catalogue()).default);
  });
  return (key, values) => translators.get(current)?.(key, values) ?? key;
}
