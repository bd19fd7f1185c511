import { formatBytes, formatCount, RelativeTime } from '@lamphouse/ui';
import type { LibrarySummary } from './data/library-summary';
import type { PackageList } from './data/package-list';
import { type ScanProgress, scanText } from './data/scan-progress';
import { t } from './messages';

export interface LibrarySubtitleProps {
  list: PackageList | undefined;
  summary: LibrarySummary | undefined;
  scan: ScanProgress | null;
}

/** Totals of the library, and what is going on in it. */
export function LibrarySubtitle({ list, summary, scan }: LibrarySubtitleProps) {
  const loading = list !== undefined && !list.complete;
  return (
    <span className="dcpl-subtitle">
      {summary ? (
        <span>{`${t('counts.packages', { count: summary.packages })} · ${formatBytes(summary.total_size_bytes)}`}</span>
      ) : null}
      <span role="status">
        {scan ? scanText(scan, formatCount) : null}
        {loading
          ? t('library.loadingOf', { count: formatCount(list.rows.length), total: formatCount(list.total) })
          : null}
      </span>
      {scan === null && summary?.last_scan_at ? (
        <span>
          {t('library.scanned')} <RelativeTime at={summary.last_scan_at} />
        </span>
      ) : null}
    </span>
  );
}
