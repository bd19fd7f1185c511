import { formatBytes, Section } from '@lamphouse/ui';
import { HardDrive } from 'lucide-react';
import type { MountShare } from '../data/overview';
import { t } from '../messages';

/** Each mount with its disk: packages, everything else, free space. */
export function MountList({ mounts }: { mounts: readonly MountShare[] }) {
  return (
    <Section title={t('overview.byMount')}>
      <ul className="dcpl-mounts">
        {mounts.map((mount) => (
          <MountRow key={mount.key} mount={mount} />
        ))}
      </ul>
    </Section>
  );
}

function MountRow({ mount }: { mount: MountShare }) {
  const { key, packages, size_bytes: size, total_bytes: total, free_bytes: free } = mount;
  return (
    <li>
      <span className="dcpl-line">
        <HardDrive size={16} aria-hidden />
        <strong>{key}</strong>
        <span className="dcpl-muted">{t('counts.packages', { count: packages })}</span>
      </span>
      {total === null || free === null || total <= 0 ? (
        <span className="dcpl-muted">{`${formatBytes(size)} · ${t('overview.unknownDisk')}`}</span>
      ) : (
        <Disk size={Math.min(size, total - free)} free={free} total={total} />
      )}
    </li>
  );
}

/** A disk to scale, and in words. */
function Disk({ size, free, total }: { size: number; free: number; total: number }) {
  const other = Math.max(0, total - free - size);
  const parts = { packages: size, other, free };
  return (
    <>
      <span className="dcpl-disk" aria-hidden>
        {Object.entries(parts).map(([part, bytes]) => (
          <span key={part} data-part={part} style={{ flexGrow: bytes / total }} />
        ))}
      </span>
      <span className="dcpl-muted">
        {t('overview.used', {
          size: formatBytes(size),
          other: formatBytes(other),
          free: formatBytes(free),
          total: formatBytes(total),
        })}
      </span>
    </>
  );
}
