import { useSession } from '@lamphouse/sdk';
import { Button, type Column, IconButton, parseSort } from '@lamphouse/ui';
import { Download, ScanSearch } from 'lucide-react';
import type { PackageRow } from './data/package-row';
import { MAY_MANAGE } from './data/permissions';
import type { ScanControl } from './data/use-scan';
import { t } from './messages';
import { toCsv } from './table/csv';
import { rowOrder } from './table/order';
import { saveFile } from './table/save-file';

export interface LibraryActionsProps {
  /** What the filter leaves: exactly this is exported. */
  rows: readonly PackageRow[];
  columns: readonly Column<PackageRow>[];
  sort: string;
  scan: ScanControl;
  /** False when there is no folder to look in. */
  canScan: boolean;
}

/** What can be done with the whole list. */
export function LibraryActions({ rows, columns, sort, scan, canScan }: LibraryActionsProps) {
  const { can } = useSession();
  const save = () => {
    const ordered = [...rows].sort(rowOrder(columns, parseSort(sort)));
    saveFile('packages.csv', 'text/csv;charset=utf-8', toCsv(ordered));
  };
  return (
    <>
      <span className="dcpl-wide">
        <Button icon={Download} disabled={rows.length === 0} onClick={save}>
          {t('library.exportCsv')}
        </Button>
      </span>
      <span className="dcpl-narrow">
        <IconButton icon={Download} label={t('library.exportCsv')} disabled={rows.length === 0} onClick={save} />
      </span>
      {canScan && can(MAY_MANAGE) ? (
        <Button
          variant="primary"
          icon={ScanSearch}
          pending={scan.starting || scan.progress !== null}
          onClick={scan.start}
        >
          {scan.progress ? t('library.scanning') : t('library.scanNow')}
        </Button>
      ) : null}
    </>
  );
}
