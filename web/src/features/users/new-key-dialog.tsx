import type { CreatedKey } from '@lamphouse/sdk';
import { Button, CopyText, Dialog, SelectField, TextField } from '@lamphouse/ui';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../lib/api';
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
    failed: 'Key not created',
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
      Done
    </Button>
  ) : (
    <>
      <Button onClick={close}>Cancel</Button>
      <Button
        variant="primary"
        disabled={name.trim() === ''}
        pending={create.isPending}
        onClick={() => create.mutate()}
      >
        Create key
      </Button>
    </>
  );
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? null : close())}
      title={made ? 'Your new key' : 'Create key'}
      footer={footer}
    >
      {made ? (
        <div className="flex flex-col gap-3">
          <p className="lh-tint lh-tone-warn flex items-start gap-2 rounded-control px-3 py-2">
            <KeyRound size={16} aria-hidden className="mt-px shrink-0" />
            Copy it now: the host keeps only a digest of it and cannot show it again.
          </p>
          <div className="rounded-control border border-line bg-sunken px-3 py-2">
            <CopyText value={made.key} label="key" whole />
          </div>
        </div>
      ) : (
        <div className="flex flex-col gap-4">
          <TextField label="Name" hint="What uses it, for example “backup script”." value={name} onChange={setName} />
          <SelectField label="Role" options={ROLES} value={role} onChange={setRole} />
          <TextField
            label="Expires on"
            type="date"
            hint="Leave empty for a key without an end."
            value={expires}
            onChange={setExpires}
          />
          <FormError error={create.error} />
        </div>
      )}
    </Dialog>
  );
}
