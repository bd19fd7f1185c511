import { usePlugin, useSession } from '@lamphouse/sdk';
import { CircleDashed, ShieldX } from 'lucide-react';
import { Backticked } from './backticked';
import type { LibraryMount } from './data/library-summary';
import { plural } from './format';

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
  return granted ? `\`${name}\` is offline.` : `The right to read \`${name}\` was taken back.`;
}

function consequence({ packages }: LibraryMount): string {
  if (packages === 0) return 'Packages there are not listed.';
  return `Its ${plural(packages, 'package')} ${packages === 1 ? 'is' : 'are'} shown as unreachable.`;
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
  if (granted) return can('mounts:read') ? <a href="/storage">Open Mounts</a> : null;
  return can('plugins:manage') ? <a href={`/plugins/${id}?tab=grants`}>Open the grants</a> : 'Ask an administrator.';
}
