import { EmptyState } from '@lamphouse/ui';
import { CircleCheck } from 'lucide-react';
import type { Finding, Severity } from '../data/package-detail';
import { findingWords } from '../finding-words';
import { t } from '../messages';
import { SeverityMark } from './severity-mark';

const GRAVEST_FIRST: readonly Severity[] = ['error', 'warning', 'note'];

/** What is wrong, odd or worth knowing, gravest first. */
export function FindingsTab({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) {
    return (
      <EmptyState icon={CircleCheck} title={t('panel.nothingToReport')} message={t('panel.theDocumentsReadWellAnd')} />
    );
  }
  return (
    <div className="dcpl-tab">
      {GRAVEST_FIRST.map((severity) => (
        <FindingGroup
          key={severity}
          severity={severity}
          findings={findings.filter((each) => each.severity === severity)}
        />
      ))}
    </div>
  );
}

function FindingGroup({ severity, findings }: { severity: Severity; findings: Finding[] }) {
  if (findings.length === 0) return null;
  return (
    <section className="dcpl-section" aria-label={t(`findings.${severity}`)}>
      <h3 className="dcpl-heading">
        <SeverityMark severity={severity} count={findings.length} />
      </h3>
      <ul className="dcpl-findings">
        {findings.map((finding, place) => (
          <li key={place} data-severity={severity}>
            <FindingText finding={finding} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What it means and what to do, then what exactly was found, in the words of the host. */
function FindingText({ finding }: { finding: Finding }) {
  const { code, message, file } = finding;
  const { meaning, advice } = findingWords(code, message);
  return (
    <>
      <p>
        <strong>{meaning}</strong> {advice}
      </p>
      {message === meaning ? null : (
        <p lang="en" className="dcpl-small">
          {message}
        </p>
      )}
      <p className="dcpl-muted dcpl-mono">{[code, file].filter(Boolean).join(' · ')}</p>
    </>
  );
}
