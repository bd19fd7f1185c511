import { formatBytes, formatCount, Section } from '@lamphouse/ui';
import type { Share } from '../data/overview';
import { t } from '../messages';

export interface ShareChartProps {
  title: string;
  shares: readonly Share[];
  label: (share: Share) => string;
  /** Where a row leads; null for nowhere. */
  hrefOf?: (share: Share) => string | null;
}

/** Shares as a table whose rows are bars: to be read, heard and compared. */
export function ShareChart({ title, shares, label, hrefOf }: ShareChartProps) {
  const largest = Math.max(1, ...shares.map((share) => share.size_bytes));
  return (
    <Section title={title}>
      <table className="dcpl-shares">
        <thead>
          <tr>
            <th scope="col">{t('overview.heading')}</th>
            <th scope="col" className="dcpl-share-number">
              {t('overview.size')}
            </th>
            <th scope="col" className="dcpl-share-number">
              {t('overview.packages')}
            </th>
          </tr>
        </thead>
        <tbody>
          {shares.map((share) => {
            const href = hrefOf?.(share) ?? null;
            return (
              <tr key={label(share)} data-rest={share.is_rest || undefined}>
                <th scope="row">
                  {href === null ? label(share) : <a href={href}>{label(share)}</a>}
                  <span aria-hidden className="dcpl-share-track">
                    <span style={{ width: `${(share.size_bytes / largest) * 100}%` }} />
                  </span>
                </th>
                <td className="dcpl-share-number">{formatBytes(share.size_bytes)}</td>
                <td className="dcpl-share-number dcpl-muted">{formatCount(share.packages)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Section>
  );
}
