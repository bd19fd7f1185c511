import { EmptyState, Loadable, Section } from '@lamphouse/ui';
import { useQuery } from '@tanstack/react-query';
import { HardDrive } from 'lucide-react';
import { t } from '../../lib/messages';
import { mountsQuery } from '../../lib/queries';
import { MountSpace, MountStatus } from '../mounts/mount-cells';

export function MountsCard() {
  const mounts = useQuery(mountsQuery);
  return (
    <Section title={t('dashboard.mounts')} flush>
      <Loadable
        query={mounts}
        empty={
          <EmptyState
            icon={HardDrive}
            title={t('dashboard.noMountsYet')}
            message={t('dashboard.aMountIsAFolder')}
            action={<a href="/storage">{t('dashboard.addAMount')}</a>}
          />
        }
      >
        {(list) => (
          <ul className="divide-y divide-line">
            {list.map((mount) => (
              <li key={mount.name} className="flex min-h-9 items-center gap-3 px-4 py-1.5">
                <span className="min-w-0 flex-1 truncate font-medium">{mount.name}</span>
                <span className="w-20 shrink-0">
                  <MountStatus mount={mount} />
                </span>
                <span className="w-36 shrink-0 md:w-48">
                  <MountSpace mount={mount} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </Loadable>
    </Section>
  );
}
