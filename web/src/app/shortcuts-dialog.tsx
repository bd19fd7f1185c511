import { Dialog, SwitchField } from '@lamphouse/ui';
import { t } from '../lib/messages';
import { usePreferences } from '../lib/preferences';
import { useDialogs } from './dialogs';
import { useShellPages } from './shell-pages';
import { FIXED, type Shortcut } from './use-shortcuts';

function ShortcutList({ title, shortcuts }: { title: string; shortcuts: Shortcut[] }) {
  return (
    <section className="pb-4">
      <h3 className="pb-1 text-small font-medium text-muted">{title}</h3>
      <dl>
        {shortcuts.map(({ keys, title: what }) => (
          <div key={keys} className="flex min-h-7 items-center gap-3 border-b border-line last:border-0">
            <dt className="flex-1">{what}</dt>
            <dd className="flex gap-1">
              {keys.split(' ').map((key) => (
                <kbd key={key} className="rounded-control border border-control bg-sunken px-1.5 font-sans text-small">
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

export function ShortcutsDialog() {
  const open = useDialogs((state) => state.open === 'shortcuts');
  const pages = useShellPages();
  const singleKeys = usePreferences((state) => state.singleKeys);
  const goTo = pages.flatMap(({ keys, title }) => (keys ? [{ keys, title }] : []));
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => useDialogs.setState({ open: next ? 'shortcuts' : null })}
      title={t('app.keyboardShortcuts')}
    >
      <ShortcutList title={t('app.everywhere')} shortcuts={FIXED} />
      <ShortcutList title={t('app.goTo')} shortcuts={goTo} />
      <SwitchField
        label={t('app.shortcutsOfSingleKeys')}
        hint={t('app.switchThemOffIfSpeech')}
        checked={singleKeys}
        onChange={(on) => usePreferences.setState({ singleKeys: on })}
      />
    </Dialog>
  );
}
