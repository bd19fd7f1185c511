import { patchSearch } from '@lamphouse/sdk';
import { EmptyState, formatBytes, Loadable, Page, StatTile } from '@lamphouse/ui';
import { HardDrive } from 'lucide-react';
import type { Share, Storage } from '../data/overview';
import { useStorage } from '../data/use-overview';
import { kindLabel } from '../format';
import { t } from '../messages';
import { LibraryTabs } from './library-tabs';
import { MountList } from './mount-list';
import { ShareChart } from './share-chart';

const AGES: Record<string, () => string> = {
  'under-30-days': () => t('overview.under30'),
  '30-to-90-days': () => t('overview.from30'),
  '90-to-180-days': () => t('overview.from90'),
  '180-to-365-days': () => t('overview.from180'),
  'over-a-year': () => t('overview.overYear'),
};

/** Where the space of the library goes. */
export function StoragePage() {
  const storage = useStorage();
  return (
    <Page title={t('overview.storage')} subtitle={t('overview.storageSubtitle')}>
      <LibraryTabs current="storage" />
      <Loadable query={storage} rows={10}>
        {(data) => (data.packages === 0 ? <NothingStored /> : <Charts storage={data} />)}
      </Loadable>
    </Page>
  );
}

function NothingStored() {
  return <EmptyState icon={HardDrive} title={t('overview.empty')} message={t('overview.emptyMessage')} />;
}

function Charts({ storage }: { storage: Storage }) {
  const named = ({ key, is_rest: rest }: Share) => (rest ? t('overview.others') : (key ?? t('overview.notSaid')));
  return (
    <>
      <Totals storage={storage} />
      <MountList mounts={storage.by_mount} />
      <div className="dcpl-charts">
        <ShareChart
          title={t('overview.byKind')}
          shares={storage.by_kind}
          label={(share) => (share.key === null ? t('overview.notSaid') : kindLabel(share.key))}
          hrefOf={({ key }) => (key === null ? null : `/library?kind=${encodeURIComponent(key)}`)}
        />
        <ShareChart
          title={t('overview.byAge')}
          shares={storage.by_age}
          label={({ key }) => AGES[key ?? '']?.() ?? key ?? ''}
        />
        <ShareChart
          title={t('overview.byIssuer')}
          shares={storage.by_issuer}
          label={named}
          hrefOf={({ key, is_rest: rest }) =>
            key === null || rest
              ? null
              : `/library${patchSearch('', { issuer: [] as readonly string[] }, { issuer: [key] })}`
          }
        />
      </div>
    </>
  );
}

function Totals({ storage }: { storage: Storage }) {
  const { packages, size_bytes: size, copies, by_mount: mounts } = storage;
  const free = mounts.reduce((sum, mount) => sum + (mount.free_bytes ?? 0), 0);
  const twice = copies.packages > 0;
  return (
    <div className="dcpl-totals">
      <StatTile label={t('overview.inPackages', { count: packages })} value={formatBytes(size)} href="/library" />
      <StatTile
        label={t('overview.ofCopies')}
        value={formatBytes(copies.size_bytes)}
        hint={twice ? t('overview.copiesOf', { count: copies.packages }) : t('overview.noCopies')}
        {...(twice ? { href: '/library?duplicates=copies' } : {})}
      />
      <StatTile label={t('overview.freeOnDisks')} value={formatBytes(free)} />
    </div>
  );
}
