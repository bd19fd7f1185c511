import { formatBytes, formatCount, Loadable, RelativeTime } from '@lamphouse/ui';
import type { LibrarySummary } from '../data/library-summary';
import { useSummary } from '../data/use-summary';
import { kindLabel } from '../format';
import { StateBar } from './state-bar';

const MOST_KINDS = 5;

/** The library on the dashboard: how much, in what state. */
export function SummaryCard() {
  const summary = useSummary();
  return <Loadable query={summary}>{(data) => <Totals summary={data} />}</Loadable>;
}

function Totals({ summary }: { summary: LibrarySummary }) {
  const kinds = Object.entries(summary.by_kind).sort((a, b) => b[1] - a[1]);
  const unread = summary.mounts.filter((mount) => !mount.granted || !mount.online);
  if (summary.mounts.length === 0) {
    return (
      <p className="dcpl-muted">
        No library folder yet. <a href="/library">See how to add one</a>
      </p>
    );
  }
  return (
    <div className="dcpl-summary">
      <a href="/library" className="dcpl-summary-totals">
        <span>
          <strong className="dcpl-big">{formatCount(summary.packages)}</strong>
          <span className="dcpl-muted">{summary.packages === 1 ? 'package' : 'packages'}</span>
        </span>
        <span>
          <strong className="dcpl-big">{formatBytes(summary.total_size_bytes)}</strong>
          <span className="dcpl-muted">in all</span>
        </span>
      </a>
      <StateBar counts={summary.by_state} />
      {unread.length > 0 ? (
        <p className="dcpl-bad">
          Cannot read {unread.map((mount) => mount.name).join(', ')}. <a href="/library">See why</a>
        </p>
      ) : null}
      <p className="dcpl-muted dcpl-small">
        {kinds
          .slice(0, MOST_KINDS)
          .map(([kind, count]) => `${formatCount(count)} ${kindLabel(kind).toLowerCase()}`)
          .join(' · ')}
        {summary.scanning ? ' · scanning now' : null}
        {!summary.scanning && summary.last_scan_at ? (
          <>
            {' · scanned '}
            <RelativeTime at={summary.last_scan_at} />
          </>
        ) : null}
      </p>
    </div>
  );
}
