/** What a finding means and what to do about it, in the reader's language; codes of a newer host have no words yet. */
import { t } from './messages';
import en from './messages/en.json';

type Code = keyof typeof en.findingMeaning;

const isKnown = (code: string): code is Code => code in en.findingMeaning;

export interface FindingWords {
  meaning: string;
  advice: string | null;
}

export function findingWords(code: string, message: string): FindingWords {
  if (!isKnown(code)) return { meaning: message, advice: null };
  return { meaning: t(`findingMeaning.${code}`), advice: t(`findingAdvice.${code}`) };
}
