import { useSession } from '@lamphouse/sdk';
import { Button, type Column, IconButton, Menu, parseSort } from '@lamphouse/ui';
import { Download, FileJson, FileSpreadsheet, ScanSearch } from 'lucide-react';
import type { PackageRow } from './data/package-row';
import { MAY_MANAGE } from './data/permissions';
import type { ScanControl } from './data/use-scan';
import { t } from './messages';
import { saveCsv, saveJson } from './table/export';
import { rowOrder } from './table/order';

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
  const ordered = () => [...rows].sort(rowOrder(columns, parseSort(sort)));
  const exports = [
    {
      id: 'csv',
      label: t('library.exportCsv'),
      icon: FileSpreadsheet,
      run: () => saveCsv(ordered()),
    },
    {
      id: 'json',
      label: t('library.exportJson'),
      icon: FileJson,
      run: () => saveJson(ordered()),
    },
  ];
  const none = rows.length === 0;
  return (
    <>
      <span className="dcpl-wide">
        <Menu
          label={t('library.export')}
          items={exports}
          trigger={
            <Button icon={Download} disabled={none}>
              {t('library.export')}
            </Button>
          }
        />
      </span>
      <span className="dcpl-narrow">
        <Menu
          label={t('library.export')}
          items={exports}
          trigger={<IconButton icon={Download} label={t('library.export')} disabled={none} />}
        />
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
