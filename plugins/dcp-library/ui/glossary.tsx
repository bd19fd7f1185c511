import { Term } from '@lamphouse/ui';
import type { ReactNode } from 'react';
import { TERMS, type TermKey } from './terms';

/** A word of the trade with its meaning. */
export function Glossary({ term, children }: { term: TermKey; children: ReactNode }) {
  return <Term definition={TERMS[term]}>{children}</Term>;
}
