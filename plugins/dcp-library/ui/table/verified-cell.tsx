import { formatDateTime, Status } from '@lamphouse/ui';
import type { PackageRow } from '../data/package-row';
import { VERIFIED } from '../states';

/** What the last hashing found, with its time in the tooltip. */
export function VerifiedCell({ row }: { row: PackageRow }) {
  const { sign, label } = VERIFIED[row.verified];
  return (
    <span title={row.last_verified === null ? undefined : formatDateTime(row.last_verified)}>
      <Status state={sign} label={label} />
    </span>
  );
}
