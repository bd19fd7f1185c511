import { formatBytes, formatCount, Loadable, RelativeTime } from '@lamphouse/ui';
import type { LibrarySummary } from '../data/library-summary';
import { useSummary } from '../data/use-summary';
import { kindLabel } from '../format';
import { t } from '../messages';
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
        {t('card.noLibraryFolderYet')} <a href="/library">{t('card.seeHowToAddOne')}</a>
      </p>
    );
  }
  return (
    <div className="dcpl-summary">
      <a href="/library" className="dcpl-summary-totals">
        <span>
          <strong className="dcpl-big">{formatCount(summary.packages)}</strong>
          <span className="dcpl-muted">{t('card.packages', { count: summary.packages })}</span>
        </span>
        <span>
          <strong className="dcpl-big">{formatBytes(summary.total_size_bytes)}</strong>
          <span className="dcpl-muted">{t('card.inAll')}</span>
        </span>
      </a>
      <StateBar counts={summary.by_state} />
      {unread.length > 0 ? (
        <p className="dcpl-bad">
          {t('card.cannotRead', { names: unread.map((mount) => mount.name).join(', ') })}{' '}
          <a href="/library">{t('card.seeWhy')}</a>
        </p>
      ) : null}
      <p className="dcpl-muted dcpl-small">
        {kinds
          .slice(0, MOST_KINDS)
          .map(([kind, count]) => `${kindLabel(kind)} ${formatCount(count)}`)
          .join(' · ')}
        {summary.scanning ? ` · ${t('card.scanningNow')}` : null}
        {!summary.scanning && summary.last_scan_at ? (
          <>
            {` · ${t('card.scanned')} `}
            <RelativeTime at={summary.last_scan_at} />
          </>
        ) : null}
      </p>
    </div>
  );
}
