import { useSession } from '@lamphouse/sdk';
import { Badge, Button, TextField } from '@lamphouse/ui';
import { Plus, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { PackageDetail } from '../data/package-detail';
import { MAY_MANAGE } from '../data/permissions';
import { parseTags } from '../data/tag-words';
import { type Remarks, useRemarks } from '../data/use-remarks';
import { t } from '../messages';
import { PanelSection } from './panel-section';

/** Tags and a note; those who may change them see the fields. */
export function RemarksSection({ detail }: { detail: PackageDetail }) {
  const { can } = useSession();
  const remarks = useRemarks(detail.id);
  const { tags = [], note = '' } = detail;
  const mayChange = can(MAY_MANAGE);
  if (!mayChange && tags.length === 0 && note === '') return null;
  return (
    <PanelSection title={t('tags.tagsAndNote')}>
      <Tags tags={tags} remarks={mayChange ? remarks : null} />
      {mayChange ? (
        <Note key={`${detail.id}:${note}`} note={note} remarks={remarks} />
      ) : (
        <p className="dcpl-note">{note}</p>
      )}
    </PanelSection>
  );
}

function Tags({ tags, remarks }: { tags: readonly string[]; remarks: Remarks | null }) {
  const [text, setText] = useState('');
  const typed = parseTags(text);
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (typed === null || typed.length === 0) return;
    remarks?.setTags([...tags, ...typed]);
    setText('');
  };
  return (
    <>
      {tags.length === 0 ? (
        <p className="dcpl-muted">{t('tags.none')}</p>
      ) : (
        <ul className="dcpl-tag-list" aria-label={t('tags.tags')}>
          {tags.map((tag) => (
            <li key={tag}>
              <Badge>
                {tag}
                {remarks ? (
                  <button
                    type="button"
                    className="dcpl-tag-remove"
                    aria-label={t('tags.remove', { tag })}
                    onClick={() => remarks.setTags(tags.filter((each) => each !== tag))}
                  >
                    <X size={12} aria-hidden />
                  </button>
                ) : null}
              </Badge>
            </li>
          ))}
        </ul>
      )}
      {remarks ? (
        <form className="dcpl-tag-form" onSubmit={add}>
          <TextField
            label={t('tags.newTag')}
            value={text}
            onChange={setText}
            error={typed === null ? t('tags.tooLong') : undefined}
          />
          <Button type="submit" icon={Plus} disabled={typed === null || typed.length === 0}>
            {t('tags.add')}
          </Button>
        </form>
      ) : null}
    </>
  );
}

function Note({ note, remarks }: { note: string; remarks: Remarks }) {
  const [text, setText] = useState(note);
  return (
    <div className="dcpl-note-form">
      <TextField
        label={t('tags.note')}
        value={text}
        onChange={setText}
        lines={2}
        placeholder={t('tags.notePlaceholder')}
      />
      {text === note ? null : (
        <Button size="small" pending={remarks.saving} onClick={() => remarks.setNote(text)}>
          {t('tags.saveNote')}
        </Button>
      )}
    </div>
  );
}
