import { useState } from 'react';
import type { SourceLine } from '../data/documents';

/** Height of a line in pixels; the style sheet says the same. */
const LINE = 18;
/** Lines drawn above and below those that are seen. */
const AROUND = 20;

/** Lines of a text with their numbers. Only those near what is seen are drawn, so that length costs nothing. */
export function SourceView({ lines, label }: { lines: readonly SourceLine[]; label: string }) {
  const [seen, setSeen] = useState({ from: 0, until: 60 });
  const look = (box: HTMLElement) => {
    const from = Math.max(0, Math.floor(box.scrollTop / LINE) - AROUND);
    const until = Math.ceil((box.scrollTop + box.clientHeight) / LINE) + AROUND;
    if (from !== seen.from || until !== seen.until) setSeen({ from, until });
  };
  const shown = lines.slice(seen.from, seen.until);
  return (
    <section className="dcpl-source" aria-label={label} tabIndex={0} onScroll={(event) => look(event.currentTarget)}>
      <div className="dcpl-source-all" style={{ height: lines.length * LINE }}>
        <pre style={{ transform: `translateY(${seen.from * LINE}px)` }}>
          {shown.map(({ number, text }, at) => (
            <span key={seen.from + at} className="dcpl-source-line">
              <span className="dcpl-source-number" aria-hidden>
                {number}
              </span>
              <code>{text}</code>
            </span>
          ))}
        </pre>
      </div>
    </section>
  );
}
