import { Button, CheckboxField, Dialog, TextField } from '@lamphouse/ui';
import { useState } from 'react';
import type { PackageRow } from './data/package-row';
import { parseTags } from './data/tag-words';
import { useTagMany } from './data/use-remarks';
import { tagChoices } from './filters/facets';
import { t } from './messages';

export interface TagDialogProps {
  packages: readonly PackageRow[];
  onClose: () => void;
}

/** Gives many packages tags, and takes away those they have. */
export function TagDialog({ packages, onClose }: TagDialogProps) {
  const [text, setText] = useState('');
  const [remove, setRemove] = useState<readonly string[]>([]);
  const many = useTagMany(onClose);
  const add = parseTags(text);
  const present = tagChoices(packages);
  const nothing = add === null || (add.length === 0 && remove.length === 0);
  const apply = () => {
    if (add !== null) many.change({ packages: packages.map((row) => row.id), add, remove });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? null : onClose())}
      title={t('tags.tagTitle', { count: packages.length })}
      footer={
        <Button variant="primary" disabled={nothing} pending={many.pending} onClick={apply}>
          {t('tags.apply')}
        </Button>
      }
    >
      <div className="dcpl-tag-dialog">
        <TextField
          label={t('tags.tags')}
          value={text}
          onChange={setText}
          hint={t('tags.separated')}
          error={add === null ? t('tags.tooLong') : undefined}
        />
        {present.length > 0 ? (
          <fieldset className="dcpl-tag-dialog">
            <legend className="dcpl-muted">{t('tags.removeThese')}</legend>
            {present.map(({ value, count }) => (
              <CheckboxField
                key={value}
                label={`${value} · ${t('tags.onSome', { count })}`}
                checked={remove.includes(value)}
                onChange={(on) => setRemove(on ? [...remove, value] : remove.filter((each) => each !== value))}
              />
            ))}
          </fieldset>
        ) : null}
      </div>
    </Dialog>
  );
}
