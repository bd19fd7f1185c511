import { Popover } from '@base-ui/react/popover';
import { Bookmark, Check, ChevronDown, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../button';
import { classNames } from '../class-names';
import { TextField } from '../form/text-field';
import { IconButton } from '../icon-button';
import { t } from '../messages';
import { usePortalRoot } from '../portal-root';
import type { TableLayoutControl } from '../table/layout-store';
import { type SavedView, sameView, useSavedViews } from './view-store';

export interface ViewsMenuProps {
  /** Under which the browser keeps the views: the table's name and the reader's. */
  name: string;
  /** Filters and sort as they stand in the address now. */
  search: string;
  control: TableLayoutControl;
  /** Takes over filters and sort of a view. */
  onApply: (search: string) => void;
}

/** Views of a list by name: filters, sort and columns together. */
export function ViewsMenu({ name, search, control, onApply }: ViewsMenuProps) {
  const portalRoot = usePortalRoot();
  const { views, save, remove } = useSavedViews(`lamphouse.views.${name}`);
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState('');
  const now = { search, columns: control.layout };
  const shown = views.find((view) => sameView(view, now));
  const left = shown ? undefined : views.find((view) => view.name === chosen);
  const apply = (view: SavedView) => {
    setChosen(view.name);
    setOpen(false);
    control.replace(view.columns);
    onApply(view.search);
  };
  const keep = (title: string) => {
    setChosen(title);
    save({ name: title, ...now });
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger
        className={classNames(
          'lh-touch inline-flex h-7 shrink-0 items-center gap-1 rounded-control border px-2 text-small font-medium text-fg',
          shown ? 'border-focus bg-selected' : 'border-control bg-surface hover:bg-raised',
        )}
      >
        <Bookmark size={14} aria-hidden />
        <span className="max-w-40 truncate">
          {shown?.name ?? (left ? t('views.changed', { name: left.name }) : t('views.views'))}
        </span>
        <ChevronDown size={14} aria-hidden />
      </Popover.Trigger>
      <Popover.Portal container={portalRoot}>
        <Popover.Positioner sideOffset={4} align="start" className="z-50">
          <Popover.Popup className="lh-popup flex max-h-[70vh] w-72 flex-col gap-2 overflow-y-auto rounded-card border border-line bg-surface p-2 text-body text-fg shadow-popover">
            <Popover.Title className="px-1 text-small font-semibold text-muted">{t('views.savedViews')}</Popover.Title>
            {views.length === 0 ? <p className="px-1 text-small text-muted">{t('views.none')}</p> : null}
            <ul className="empty:hidden">
              {views.map((view) => (
                <li key={view.name} className="flex items-center gap-1">
                  <button
                    type="button"
                    aria-current={view === shown}
                    className="lh-touch flex min-h-7 min-w-0 flex-1 items-center gap-2 rounded-control px-1 text-left hover:bg-raised"
                    onClick={() => apply(view)}
                  >
                    <span className="flex size-4 shrink-0 items-center justify-center">
                      {view === shown ? <Check size={14} aria-hidden /> : null}
                    </span>
                    <span className="truncate">{view.name}</span>
                  </button>
                  <IconButton
                    icon={Trash2}
                    size="small"
                    label={t('views.remove', { name: view.name })}
                    onClick={() => remove(view.name)}
                  />
                </li>
              ))}
            </ul>
            {left ? <Button onClick={() => keep(left.name)}>{t('views.update', { name: left.name })}</Button> : null}
            {shown ? null : <NewView onSave={keep} />}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function NewView({ onSave }: { onSave: (name: string) => void }) {
  const [name, setName] = useState('');
  const trimmed = name.trim();
  return (
    <form
      className="flex items-end gap-2 border-t border-line px-1 pt-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (trimmed === '') return;
        onSave(trimmed);
        setName('');
      }}
    >
      <div className="min-w-0 flex-1">
        <TextField label={t('views.name')} value={name} onChange={setName} />
      </div>
      <Button type="submit" variant="primary" disabled={trimmed === ''}>
        {t('views.save')}
      </Button>
    </form>
  );
}
