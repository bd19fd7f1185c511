import { useSession } from '@lamphouse/sdk';
import { Button } from '@lamphouse/ui';
import { KeyRound } from 'lucide-react';
import { useRef } from 'react';
import { MAY_MANAGE } from '../data/permissions';
import { useAddKeys } from '../data/use-add-keys';
import { t } from '../messages';

/** Adds keys out of files; with a package it is told when one of them is for another. */
export function AddKeyButton({ packageId }: { packageId: string | null }) {
  const { can } = useSession();
  const keys = useAddKeys(packageId);
  const input = useRef<HTMLInputElement>(null);
  if (!can(MAY_MANAGE)) return null;
  return (
    <div>
      <input
        ref={input}
        type="file"
        accept=".xml,application/xml,text/xml"
        multiple
        hidden
        aria-label={t('keys.file')}
        onChange={({ target }) => {
          keys.add([...(target.files ?? [])]);
          // The same file may be chosen again.
          target.value = '';
        }}
      />
      <Button size="small" icon={KeyRound} pending={keys.adding} onClick={() => input.current?.click()}>
        {t('keys.add')}
      </Button>
    </div>
  );
}
