import type { Finding } from '../data/package-detail';
import { findingWords } from '../finding-words';
import { SeverityMark } from './severity-mark';

/** The gravest finding in one line, so that nobody misses it. */
export function FindingsHint({ findings }: { findings: readonly Finding[] }) {
  const gravest = (['error', 'warning'] as const).find((severity) =>
    findings.some((each) => each.severity === severity),
  );
  if (gravest === undefined) return null;
  const same = findings.filter((each) => each.severity === gravest);
  const [first] = same;
  return (
    <div className={`dcpl-hint dcpl-tone-${gravest}`}>
      <SeverityMark severity={gravest} count={same.length} />
      {first ? <p>{findingWords(first.code, first.message).meaning}</p> : null}
    </div>
  );
}
