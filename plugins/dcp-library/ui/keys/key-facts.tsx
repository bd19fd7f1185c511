import { useConfirm, useSession } from '@lamphouse/sdk';
import { DateTime, IconButton } from '@lamphouse/ui';
import { Trash2 } from 'lucide-react';
import { placeOf } from '../data/deletion';
import type { KeyMessage } from '../data/keys';
import { MAY_MANAGE } from '../data/permissions';
import { useForgetKey } from '../data/use-keys';
import { t } from '../messages';

/** The device a message is for. */
export function deviceOf({ recipient }: KeyMessage): string {
  return recipient.common_name || recipient.subject || t('keys.withoutAName');
}

/** From when until when it opens. */
export function KeyWindow({ message }: { message: KeyMessage }) {
  return (
    <span className="dcpl-muted">
      <DateTime at={message.not_valid_before} /> – <DateTime at={message.not_valid_after} />
    </span>
  );
}

/** The files a message lies in, or that it was added here. */
export function KeySource({ message }: { message: KeyMessage }) {
  const { places, uploaded_at: uploadedAt } = message;
  return (
    <span className="dcpl-key-source dcpl-muted">
      {places.map(({ mount, path }) => (
        <span key={placeOf(mount, path)} className="dcpl-mono">
          {placeOf(mount, path)}
        </span>
      ))}
      {uploadedAt === null ? null : (
        <span>
          {t('keys.addedHere')} <DateTime at={uploadedAt} />
        </span>
      )}
    </span>
  );
}

/** Forgets a message that was added here; one that lies in a library stays as long as its file. */
export function ForgetKey({ message }: { message: KeyMessage }) {
  const { can } = useSession();
  const confirm = useConfirm();
  const forget = useForgetKey();
  if (!can(MAY_MANAGE) || message.uploaded_at === null || message.places.length > 0) return null;
  const device = deviceOf(message);
  const ask = async () => {
    const agreed = await confirm({
      title: t('keys.forgetTitle', { device }),
      message: t('keys.forgetMessage'),
      confirmLabel: t('keys.forget'),
      danger: true,
    });
    if (agreed) forget.mutate(message.id);
  };
  return (
    <IconButton
      size="small"
      icon={Trash2}
      label={t('keys.forgetOf', { device })}
      disabled={forget.isPending}
      onClick={() => void ask()}
    />
  );
}
