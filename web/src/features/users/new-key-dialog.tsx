import type { CreatedKey } from '@lamphouse/sdk';
import { Button, CopyText, Dialog, SelectField, TextField } from '@lamphouse/ui';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../lib/api';
import { t } from '../../lib/messages';
import { useAction } from '../../lib/use-action';
import { FormError } from '../auth/form-error';
import { ROLES } from './roles';

/** Makes a key and shows it, this once. */
export function NewKeyDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState('viewer');
  const [expires, setExpires] = useState('');
  const [made, setMade] = useState<CreatedKey | null>(null);
  const create = useAction<void, CreatedKey>({
    run: () => {
      const body = { name: name.trim(), role, ...(expires ? { expires_at: `${expires}T00:00:00.000Z` } : {}) };
      return api.post('/keys', { body });
    },
    failed: t('users.keyNotCreated'),
    done: (key) => {
      setMade(key);
      return null;
    },
    refreshes: [['keys']],
  });
  const close = () => {
    setMade(null);
    setName('');
    setExpires('');
    create.reset();
    onClose();
  };
  const footer = made ? (
    <Button variant="primary" onClick={close}>
      {t('users.done')}
    </Button>
  ) : (
    <>
      <Button onClick={close}>{t('users.cancel')}</Button>
      <Button
        variant="primary"
        disabled={name.trim() === ''}
        pending={create.isPending}
        onClick={() => create.mutate()}
      >
        {t('users.createKey')}
      </Button>
    </>
  );
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? null : close())}
      title={made ? t('users.yourNewKey') : t('users.createKey')}
      footer={footer}
    >
      {made ? (
        <div className="flex flex-col gap-3">
          <p className="lh-tint lh-tone-warn flex items-start gap-2 rounded-control px-3 py-2">
            <KeyRound size={16} aria-hidden className="mt-px shrink-0" />
            {t('users.copyItNowTheHost')}
          </p>
          <div className="rounded-control border border-line bg-sunken px-3 py-2">
            <CopyText value={made.key} label={t('users.key')} whole />
          </div>
        </div>
      ) : (
        <div className="flex flex-col gap-4">
          <TextField label={t('users.name')} hint={t('users.whatUsesItForExample')} value={name} onChange={setName} />
          <SelectField label={t('users.role')} options={ROLES} value={role} onChange={setRole} />
          <TextField
            label={t('users.expiresOn')}
            type="date"
            hint={t('users.leaveEmptyForAKey')}
            value={expires}
            onChange={setExpires}
          />
          <FormError error={create.error} />
        </div>
      )}
    </Dialog>
  );
}
