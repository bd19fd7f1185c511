import { useSession, useToast } from '@lamphouse/sdk';
import { Button } from '@lamphouse/ui';
import { Copy, FileJson, FileSpreadsheet, ShieldCheck, Tag, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { placeOf } from './data/deletion';
import type { PackageRow } from './data/package-row';
import { MAY_DELETE, MAY_MANAGE } from './data/permissions';
import { useVerifyMany } from './data/use-verify-many';
import { DeleteDialog } from './deletion/delete-dialog';
import { t } from './messages';
import { saveCsv, saveJson } from './table/export';
import { TagDialog } from './tag-dialog';

export interface SelectionBarProps {
  rows: readonly PackageRow[];
  selected: ReadonlySet<string>;
  onClear: () => void;
}

/** Stands where the toolbar was while packages are ticked. */
export function SelectionBar({ rows, selected, onClear }: SelectionBarProps) {
  const { can } = useSession();
  const toast = useToast();
  const verify = useVerifyMany();
  const [tagging, setTagging] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const chosen = rows.filter((row) => selected.has(row.id));
  const ids = chosen.map((row) => row.id);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(ids.join('\n'));
      toast({ title: t('library.copied', { count: ids.length }), tone: 'ok' });
    } catch {
      toast({ title: t('library.theBrowserRefusedToCopy'), tone: 'warn' });
    }
  };
  return (
    <section className="dcpl-selection" aria-label={t('library.actionsOnTheSelectedPackages')}>
      <strong>{t('library.selected', { count: chosen.length })}</strong>
      {can(MAY_MANAGE) ? (
        <Button size="small" icon={ShieldCheck} pending={verify.pending} onClick={() => verify.verify(ids)}>
          {t('library.verify')}
        </Button>
      ) : null}
      {can(MAY_MANAGE) ? (
        <Button size="small" icon={Tag} onClick={() => setTagging(true)}>
          {t('tags.tagMany')}
        </Button>
      ) : null}
      {tagging ? <TagDialog packages={chosen} onClose={() => setTagging(false)} /> : null}
      <Button size="small" icon={FileSpreadsheet} onClick={() => saveCsv(chosen)}>
        {t('library.exportCsv')}
      </Button>
      <Button size="small" icon={FileJson} onClick={() => saveJson(chosen)}>
        {t('library.exportJson')}
      </Button>
      <Button size="small" icon={Copy} onClick={() => void copy()}>
        {t('library.copyIds')}
      </Button>
      {can(MAY_DELETE) ? (
        <Button size="small" icon={Trash2} onClick={() => setDeleting(true)}>
          {t('delete.deleteMany')}
        </Button>
      ) : null}
      {deleting ? (
        <DeleteDialog
          copies={chosen.map((row) => ({ id: row.id, place: placeOf(row.mount, row.path) }))}
          onClose={() => setDeleting(false)}
        />
      ) : null}
      <Button size="small" variant="ghost" icon={X} onClick={onClear}>
        {t('library.clearSelection')}
      </Button>
    </section>
  );
}
