import { Button, CheckboxField, Dialog, Loadable, SelectField, TextField } from '@lamphouse/ui';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { type Copy, type DeletionPlan, MOST_DELETED, reasonsOf } from '../data/deletion';
import { useDelete, useDeletionPlan } from '../data/use-deletion';
import { t } from '../messages';
import { PlannedList } from './planned-list';
import { ReasonItem } from './reason-item';

export interface DeleteDialogProps {
  /** What it is about, for the title: one package. */
  name?: string;
  /** The copies to choose one of when there are several; else all of them go. */
  choice?: readonly Copy[];
  copies: readonly Copy[];
  onClose: () => void;
}

/** Says exactly what goes and what speaks against it, and has that confirmed by typing. */
export function DeleteDialog({ name, choice = [], copies, onClose }: DeleteDialogProps) {
  const [chosen, setChosen] = useState(copies);
  const title = name === undefined ? t('delete.titleMany', { count: copies.length }) : t('delete.title', { name });
  if (copies.length > MOST_DELETED) {
    return (
      <Dialog open onOpenChange={onClose} title={title}>
        <p>{t('delete.tooMany', { most: MOST_DELETED })}</p>
      </Dialog>
    );
  }
  const place = chosen[0]?.place ?? '';
  const choose = (wanted: string) => setChosen(choice.filter((each) => each.place === wanted));
  return (
    <Planned key={place} title={title} copies={chosen} onClose={onClose}>
      {choice.length > 1 ? (
        <SelectField
          label={t('delete.whichCopy')}
          value={place}
          onChange={choose}
          options={choice.map((each) => ({ value: each.place, label: each.place }))}
        />
      ) : null}
    </Planned>
  );
}

interface PlannedProps {
  title: string;
  copies: readonly Copy[];
  onClose: () => void;
  children: React.ReactNode;
}

function Planned({ title, copies, onClose, children }: PlannedProps) {
  const plan = useDeletionPlan(copies);
  const deletion = useDelete(copies, onClose);
  const [typed, setTyped] = useState('');
  const [evenIf, setEvenIf] = useState<readonly string[]>([]);
  const reasons = plan.data === undefined ? [] : reasonsOf(plan.data);
  const impossible = reasons.some(({ reason }) => !reason.may_be_overruled);
  const codes = [...new Set(reasons.map(({ reason }) => reason.code))];
  const accepted = codes.every((code) => evenIf.includes(code));
  const wanted = plan.data === undefined ? '' : wordOf(plan.data);
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => (open ? null : onClose())}
      title={title}
      footer={
        <>
          <Button onClick={onClose}>{t('delete.cancel')}</Button>
          <Button
            variant="danger"
            icon={Trash2}
            disabled={wanted === '' || typed.trim() !== wanted || impossible || !accepted}
            pending={deletion.isPending}
            onClick={() => deletion.mutate({ typed: typed.trim(), evenIf })}
          >
            {t('delete.moveToTrash')}
          </Button>
        </>
      }
    >
      <div className="dcpl-delete">
        {children}
        <Loadable query={plan} rows={3}>
          {(data) => (
            <>
              <PlannedList plan={data} />
              {reasons.length > 0 ? (
                <section className="dcpl-section" aria-label={t('delete.speaksAgainst')}>
                  <h3 className="dcpl-heading">{impossible ? t('delete.cannotGo') : t('delete.speaksAgainst')}</h3>
                  <ul className="dcpl-findings">
                    {reasons.map(({ reason, mount }) => (
                      <ReasonItem key={reason.code + mount} reason={reason} mount={mount} />
                    ))}
                  </ul>
                  {impossible ? null : (
                    <CheckboxField
                      label={t('delete.allTheSame')}
                      checked={accepted}
                      onChange={(on) => setEvenIf(on ? codes : [])}
                    />
                  )}
                </section>
              ) : null}
              {impossible ? null : (
                <>
                  <p>{t('delete.stays', { days: data.keep_days })}</p>
                  <TextField
                    label={
                      data.packages.length === 1
                        ? t('delete.typeName', { name: wanted })
                        : t('delete.typeCount', { count: wanted })
                    }
                    value={typed}
                    onChange={setTyped}
                    mono
                  />
                </>
              )}
            </>
          )}
        </Loadable>
      </div>
    </Dialog>
  );
}

/** What is typed to confirm: the name of one package, the number of several. */
function wordOf({ packages }: DeletionPlan): string {
  return packages.length === 1 ? (packages[0]?.package_name ?? '') : String(packages.length);
}
