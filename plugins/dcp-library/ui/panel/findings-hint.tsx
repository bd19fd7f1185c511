import type { Finding } from '../data/package-detail';
import { SeverityMark } from './severity-mark';

/** The gravest finding in one line, so that nobody misses it. */
export function FindingsHint({ findings }: { findings: readonly Finding[] }) {
  const gravest = (['error', 'warning'] as const).find((severity) =>
    findings.some((each) => each.severity === severity),
  );
  if (gravest === undefined) return null;
  const same = findings.filter((each) => each.severity === gravest);
  return (
    <div className={`dcpl-hint dcpl-tone-${gravest}`}>
      <SeverityMark severity={gravest} count={same.length} />
      <p>{same[0]?.message}</p>
    </div>
  );
}
