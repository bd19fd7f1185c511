import { EmptyState } from '@lamphouse/ui';
import { FolderPlus, PackageOpen, ScanSearch } from 'lucide-react';
import type { LibrarySummary } from './data/library-summary';
import { t } from './messages';

/** What a library's mount is called. */
const MOUNT = 'library';
const COMMAND = `lamphouse mount add ${MOUNT} PATH --rights read,watch`;

/** Why there is nothing yet and what to do about it. */
export function LibraryEmpty({ summary, scanning }: { summary: LibrarySummary | undefined; scanning: boolean }) {
  if (summary !== undefined && summary.mounts.length === 0) {
    return (
      <EmptyState
        icon={FolderPlus}
        title={t('library.noFolderToLookIn')}
        message={
          <>
            <p>
              {t('library.theLibraryIsEveryMount')} <code className="dcpl-code">{MOUNT}</code>{' '}
              {t('library.orStartingWith')} <code className="dcpl-code">{`${MOUNT}-`}</code>.{' '}
              {t('library.addOneHereOrOn')}
            </p>
            <p>
              <code className="dcpl-code dcpl-command">{COMMAND}</code>
            </p>
          </>
        }
        action={<a href="/storage">{t('library.openMounts')}</a>}
      />
    );
  }
  if (scanning) {
    return (
      <EmptyState icon={ScanSearch} title={t('library.scanning')} message={t('library.packagesAppearHereAsThey')} />
    );
  }
  const names = summary?.mounts.map((mount) => mount.name).join(', ') || t('library.theLibrary');
  return (
    <EmptyState
      icon={PackageOpen}
      title={t('library.noPackagesFound')}
      message={t('library.copyAPackageFolderInto', { names })}
    />
  );
}
