import { Menu as Base } from '@base-ui/react/menu';
import { LANGUAGES } from '@lamphouse/sdk';
import { classNames } from '@lamphouse/ui';
import { Check, CircleUserRound, Keyboard, LogOut } from 'lucide-react';
import { useSignOut } from '../features/auth/use-sign-out';
import { t } from '../lib/messages';
import { type Preferences, usePreferences } from '../lib/preferences';
import { useSession } from '../lib/session';
import { useDialogs } from './dialogs';

const POPUP =
  'lh-popup w-60 rounded-card border border-line bg-surface p-1 text-body text-fg shadow-popover max-h-[85vh] overflow-y-auto';
const ITEM =
  'lh-touch flex min-h-7 cursor-default items-center gap-2 rounded-control px-2 py-1 outline-none select-none data-highlighted:bg-raised';
const languageChoices = () => ({ system: t('app.asTheBrowser'), ...LANGUAGES });
const THEMES = {
  get dark() {
    return t('app.dark');
  },
  get light() {
    return t('app.light');
  },
  get system() {
    return t('app.asTheSystem');
  },
};
const DENSITIES = {
  get compact() {
    return t('app.compact');
  },
  get default() {
    return t('app.default');
  },
  get relaxed() {
    return t('app.relaxed');
  },
};

interface ChoicesProps<K extends keyof Preferences> {
  label: string;
  name: K;
  options: Record<string, string>;
}

function Choices<K extends 'theme' | 'density' | 'language'>({ label, name, options }: ChoicesProps<K>) {
  const value = usePreferences((state) => state[name]);
  const set = (next: string) => usePreferences.setState({ [name]: next });
  return (
    <Base.Group>
      <Base.GroupLabel className="px-2 pt-1.5 pb-0.5 text-small font-medium text-muted">{label}</Base.GroupLabel>
      <Base.RadioGroup value={value} onValueChange={set}>
        {Object.entries(options).map(([option, text]) => (
          <Base.RadioItem key={option} value={option} className={ITEM}>
            <span className="flex size-4 items-center justify-center">
              <Base.RadioItemIndicator>
                <Check size={14} aria-hidden />
              </Base.RadioItemIndicator>
            </span>
            {text}
          </Base.RadioItem>
        ))}
      </Base.RadioGroup>
    </Base.Group>
  );
}

export function AccountMenu() {
  const { user } = useSession();
  const signOut = useSignOut();
  return (
    <Base.Root>
      <Base.Trigger
        aria-label={t('app.account', { username: user?.username ?? '' })}
        className="lh-touch inline-flex h-8 shrink-0 items-center gap-1.5 rounded-control px-1.5 text-muted hover:bg-raised hover:text-fg"
      >
        <CircleUserRound size={18} aria-hidden />
        <span className="hidden max-w-32 truncate lg:inline">{user?.username}</span>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="end" className="z-50">
          <Base.Popup className={POPUP}>
            <div className="px-2 py-1.5">
              <div className="font-semibold">{user?.username}</div>
              <div className="text-small text-muted">{user?.role}</div>
            </div>
            <Base.Separator className="my-1 h-px bg-line" />
            <Choices label={t('app.theme')} name="theme" options={THEMES} />
            <Choices label={t('app.densityOfLists')} name="density" options={DENSITIES} />
            <Choices label={t('app.language')} name="language" options={languageChoices()} />
            <Base.Separator className="my-1 h-px bg-line" />
            <Base.Item className={ITEM} onClick={() => useDialogs.setState({ open: 'shortcuts' })}>
              <Keyboard size={16} aria-hidden />
              {t('app.keyboardShortcuts')}
            </Base.Item>
            <Base.Item className={classNames(ITEM)} onClick={() => signOut.mutate()}>
              <LogOut size={16} aria-hidden />
              {t('app.signOut')}
            </Base.Item>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
