import { type ReactNode, useId } from 'react';
import { Glossary } from '../glossary';
import type { TermKey } from '../terms';

export interface PanelSectionProps {
  title: string;
  term?: TermKey;
  count?: number;
  children: ReactNode;
}

/** A part of a panel under a small heading. */
export function PanelSection({ title, term, count, children }: PanelSectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="dcpl-section">
      <h3 id={id} className="dcpl-heading">
        {term ? <Glossary term={term}>{title}</Glossary> : title}
        {count === undefined || count < 2 ? null : <span className="dcpl-count">{count}</span>}
      </h3>
      {children}
    </section>
  );
}
