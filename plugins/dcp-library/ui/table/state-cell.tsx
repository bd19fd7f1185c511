import { Status } from '@lamphouse/ui';
import { CircleAlert } from 'lucide-react';
import type { PackageRow } from '../data/package-row';
import { t } from '../messages';
import { PACKAGE_STATES } from '../states';

/** The state in a word; a second sign when a package has errors that its state does not tell. */
export function StateCell({ row }: { row: PackageRow }) {
  const { sign, label } = PACKAGE_STATES[row.state];
  const more = row.has_errors && row.state !== 'corrupt';
  return (
    <span className="dcpl-line">
      <Status state={sign} label={label} />
      {more ? (
        <span className="dcpl-bad" title={t('table.hasErrorsSeeItsFindings')}>
          <CircleAlert size={14} role="img" aria-label={t('table.hasErrors')} />
        </span>
      ) : null}
    </span>
  );
}
