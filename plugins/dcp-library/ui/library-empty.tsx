import { EmptyState } from '@lamphouse/ui';
import { FolderPlus, PackageOpen, ScanSearch } from 'lucide-react';
import type { LibrarySummary } from './data/library-summary';

/** Why there is nothing yet and what to do about it. */
export function LibraryEmpty({ summary, scanning }: { summary: LibrarySummary | undefined; scanning: boolean }) {
  if (summary !== undefined && summary.mounts.length === 0) {
    return (
      <EmptyState
        icon={FolderPlus}
        title="No folder to look in yet"
        message={
          <>
            <p>
              The library is every mount named <code className="dcpl-code">library</code> or starting with{' '}
              <code className="dcpl-code">library-</code>. Add one here or on the server; it is scanned at once.
            </p>
            <p>
              <code className="dcpl-code dcpl-command">lamphouse mount add library PATH --rights read,watch</code>
            </p>
          </>
        }
        action={<a href="/storage">Open Mounts</a>}
      />
    );
  }
  if (scanning) {
    return <EmptyState icon={ScanSearch} title="Scanning" message="Packages appear here as they are found." />;
  }
  const names = summary?.mounts.map((mount) => mount.name).join(', ') || 'the library';
  return (
    <EmptyState
      icon={PackageOpen}
      title="No packages found"
      message={`Copy a package folder into ${names}: it appears within seconds. A package is a folder with an ASSETMAP or ASSETMAP.xml file.`}
    />
  );
}
