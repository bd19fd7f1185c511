import { Lock, LockOpen } from 'lucide-react';
import type { Encryption } from '../data/package-row';
import { ENCRYPTION } from '../states';

/** A closed or open lock with its word. */
export function EncryptionCell({ encryption }: { encryption: Encryption }) {
  const Icon = encryption === 'none' ? LockOpen : Lock;
  return (
    <span className={encryption === 'none' ? 'dcpl-line dcpl-muted' : 'dcpl-line'}>
      <Icon size={14} aria-hidden />
      <span>{ENCRYPTION[encryption]}</span>
    </span>
  );
}
