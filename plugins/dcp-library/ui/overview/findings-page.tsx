import { useSearch } from '@lamphouse/sdk';
import { EmptyState, FilterChip, formatCount, Loadable, Page, Toolbar } from '@lamphouse/ui';
import { CircleCheck } from 'lucide-react';
import { Breakable } from '../breakable';
import type { FindingTotal } from '../data/overview';
import type { Severity } from '../data/package-detail';
import { useFindings } from '../data/use-overview';
import { findingWords } from '../finding-words';
import { t } from '../messages';
import { SeverityMark } from '../panel/severity-mark';
import { LibraryTabs } from './library-tabs';

const SEVERITIES: readonly { value: Severity; label: () => string }[] = [
  { value: 'error', label: () => t('overview.errors') },
  { value: 'warning', label: () => t('overview.warnings') },
  { value: 'note', label: () => t('overview.notes') },
];

/** What is wrong, odd or worth knowing in the whole library. */
export function FindingsPage() {
  const [view, setView] = useSearch({ severity: [] as readonly string[] });
  const findings = useFindings();
  const all = findings.data ?? [];
  const options = SEVERITIES.map(({ value, label }) => ({
    value,
    label: label(),
    count: all.filter((each) => each.severity === value).length,
  }));
  return (
    <Page title={t('overview.findings')} subtitle={t('overview.findingsSubtitle')}>
      <LibraryTabs current="findings" />
      <div className="dcpl-bleed">
        <Toolbar label={t('overview.filterBySeverity')}>
          <FilterChip
            label={t('overview.severity')}
            options={options}
            selected={view.severity}
            onChange={(severity) => setView({ severity })}
          />
        </Toolbar>
      </div>
      <Loadable query={findings} empty={<NothingFound />} rows={8}>
        {(totals) => (
          <FindingTable
            totals={totals.filter((each) => view.severity.length === 0 || view.severity.includes(each.severity))}
          />
        )}
      </Loadable>
    </Page>
  );
}

function NothingFound() {
  return <EmptyState icon={CircleCheck} title={t('overview.nothingFound')} message={t('overview.allWell')} />;
}

function FindingTable({ totals }: { totals: readonly FindingTotal[] }) {
  if (totals.length === 0) return <p className="dcpl-muted">{t('overview.noneOfThese')}</p>;
  return (
    <div className="dcpl-frame">
      <table className="dcpl-overview">
        <thead>
          <tr>
            <th scope="col">{t('overview.severity')}</th>
            <th scope="col">{t('overview.code')}</th>
            <th scope="col" className="dcpl-number">
              {t('overview.packages')}
            </th>
            <th scope="col" className="dcpl-number dcpl-times">
              {t('overview.count')}
            </th>
          </tr>
        </thead>
        <tbody>
          {totals.map((total) => (
            <FindingRow key={total.code} total={total} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function FindingRow({ total }: { total: FindingTotal }) {
  const { code, severity, meaning, packages, count } = total;
  return (
    <tr data-severity={severity}>
      <td className="dcpl-severity">
        <SeverityMark severity={severity} />
      </td>
      <th scope="row">
        <span className="dcpl-finding">{findingWords(code, meaning).meaning}</span>
        <span className="dcpl-finding dcpl-muted dcpl-mono">
          <Breakable text={code} />
        </span>
      </th>
      <td className="dcpl-number">
        <a
          href={`/library?finding=${code}`}
          aria-label={t('overview.showPackages', { count: packages, code })}
          className="dcpl-count-link"
        >
          {formatCount(packages)}
        </a>
      </td>
      <td className="dcpl-number dcpl-times dcpl-muted">{formatCount(count)}</td>
    </tr>
  );
}
