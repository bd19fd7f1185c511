import { Dialog as Base } from '@base-ui/react/dialog';
import { classNames } from '@lamphouse/ui';
import { Search } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useState } from 'react';
import { t } from '../lib/messages';
import { useDialogs } from './dialogs';
import { type Command, useCommands } from './use-commands';

function close(): void {
  useDialogs.setState({ open: null });
}

/** Ctrl-K: pages, actions (`>`) and jobs (`#`) in one list. */
export function CommandPalette() {
  const open = useDialogs((state) => state.open === 'palette');
  return (
    <Base.Root open={open} onOpenChange={(next) => useDialogs.setState({ open: next ? 'palette' : null })}>
      <Base.Portal>
        <Base.Backdrop className="lh-popup fixed inset-0 z-40 bg-[rgb(2_6_23/0.6)]" />
        <Base.Popup className="lh-popup fixed inset-x-2 top-2 z-50 mx-auto flex max-h-[80dvh] max-w-xl flex-col overflow-hidden rounded-card border border-control bg-surface text-fg shadow-popover md:top-[12vh]">
          <Base.Title className="sr-only">{t('app.searchPagesJobsAndActions')}</Base.Title>
          <PaletteBody />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

function PaletteBody() {
  const id = useId();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const commands = useCommands(text);
  const active = Math.min(at, commands.length - 1);
  useEffect(() => {
    document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: 'nearest' });
  }, [id, active]);
  const run = (command: Command | undefined) => {
    if (command === undefined) return;
    close();
    command.run();
  };
  const onKey = (event: KeyboardEvent) => {
    const way = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (way !== 0) {
      event.preventDefault();
      setAt((active + way + commands.length) % Math.max(1, commands.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(commands[active]);
    }
  };
  return (
    <>
      <div className="flex items-center gap-2 border-b border-line px-3">
        <Search size={16} aria-hidden className="text-muted" />
        <input
          // biome-ignore lint/a11y/noAutofocus: the dialog was opened to type here
          autoFocus
          role="combobox"
          aria-expanded
          aria-controls={`${id}-list`}
          aria-activedescendant={commands.length > 0 ? `${id}-${active}` : undefined}
          aria-label={t('app.searchPagesJobsAndActions')}
          placeholder={t('app.typeAPageAnAction')}
          value={text}
          onKeyDown={onKey}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          className="h-11 min-w-0 flex-1 bg-transparent text-form outline-none placeholder:text-muted"
        />
      </div>
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label={t('app.results')}
        className="min-h-0 flex-1 overflow-y-auto p-1"
      >
        {commands.map((command, position) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the focus and the keys
          <div
            key={command.id}
            id={`${id}-${position}`}
            role="option"
            aria-selected={position === active}
            onClick={() => run(command)}
            onPointerMove={() => setAt(position)}
            className={classNames(
              'lh-touch flex min-h-8 cursor-default items-center gap-2.5 rounded-control px-2',
              position === active && 'bg-selected',
            )}
          >
            <command.icon size={16} aria-hidden className="shrink-0" />
            <span className="min-w-0 flex-1 truncate">{command.title}</span>
            <span className={classNames('shrink-0 text-small', position === active ? 'text-fg' : 'text-muted')}>
              {command.hint}
            </span>
          </div>
        ))}
      </div>
      <p role="status" className={commands.length > 0 ? 'sr-only' : 'px-4 py-6 text-center text-muted'}>
        {commands.length > 0 ? t('app.results2', { count: commands.length }) : t('app.nothingFound')}
      </p>
    </>
  );
}
