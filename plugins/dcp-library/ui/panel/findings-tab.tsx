import { EmptyState } from '@lamphouse/ui';
import { CircleCheck } from 'lucide-react';
import type { Finding, Severity } from '../data/package-detail';
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
            <p>{finding.message}</p>
            <p className="dcpl-muted dcpl-mono">{[finding.code, finding.file].filter(Boolean).join(' · ')}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
