import { usePlugin, useSession } from '@lamphouse/sdk';
import { CircleDashed, ShieldX } from 'lucide-react';
import { Backticked } from './backticked';
import type { LibraryMount } from './data/library-summary';
import { t } from './messages';

/** One line for each mount that cannot be read: why, what that means, what to do. */
export function MountBanner({ mounts }: { mounts: readonly LibraryMount[] }) {
  return (
    <div className="dcpl-banners" role="status">
      {mounts
        .filter((mount) => !mount.granted || !mount.online)
        .map((mount) => (
          <Banner key={mount.name} mount={mount} />
        ))}
    </div>
  );
}

function reasonOf({ name, granted, reason }: LibraryMount): string {
  if (reason) return /[.!?]$/.test(reason) ? reason : `${reason}.`;
  return granted ? t('library.isOffline', { name }) : t('library.theRightToReadWas', { name });
}

function consequence({ packages }: LibraryMount): string {
  if (packages === 0) return t('library.packagesThereAreNotListed');
  return t('library.itsShownAsUnreachable', { count: packages });
}

function Banner({ mount }: { mount: LibraryMount }) {
  const Icon = mount.granted ? CircleDashed : ShieldX;
  return (
    <div className="dcpl-banner" data-tone={mount.granted ? 'warn' : 'bad'}>
      <Icon size={16} aria-hidden />
      <p>
        <strong>
          <Backticked text={reasonOf(mount)} />
        </strong>{' '}
        {consequence(mount)} <WayOut granted={mount.granted} />
      </p>
    </div>
  );
}

function WayOut({ granted }: { granted: boolean }) {
  const { id } = usePlugin();
  const { can } = useSession();
  if (granted) return can('mounts:read') ? <a href="/storage">{t('library.openMounts')}</a> : null;
  return can('plugins:manage') ? (
    <a href={`/plugins/${id}?tab=grants`}>{t('library.openTheGrants')}</a>
  ) : (
    t('library.askAnAdministrator')
  );
}
