import type { Mount } from '@lamphouse/sdk';
import { formatBytes, ProgressBar, Status } from '@lamphouse/ui';
import { t } from '../../lib/messages';

const TIGHT_PERCENT = 90;

export function MountStatus({ mount }: { mount: Mount }) {
  return mount.status === 'online' ? (
    <Status state="ok" label={t('mounts.online')} />
  ) : (
    <Status state="offline" label={t('mounts.offline')} />
  );
}

/** How full a mount is, as a bar, and what is free in words. */
export function MountSpace({ mount }: { mount: Mount }) {
  const { total_bytes: total, free_bytes: free } = mount;
  if (total === null || free === null || total === 0)
    return <span className="text-muted">{t('mounts.spaceUnknown')}</span>;
  const used = (100 * (total - free)) / total;
  return (
    <span className="flex w-full flex-col gap-0.5">
      <ProgressBar
        percent={used}
        showValue={false}
        label={t('mounts.spaceUsedOn', { name: mount.name })}
        tone={used > TIGHT_PERCENT ? 'warn' : 'ok'}
      />
      <span className="truncate text-small text-muted">
        {t('mounts.freeOf', { free: formatBytes(free), total: formatBytes(total) })}
      </span>
    </span>
  );
}
