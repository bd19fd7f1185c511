import { useSession } from '@lamphouse/sdk';
import { Button, DateTime } from '@lamphouse/ui';
import { KeyRound } from 'lucide-react';
import { useRef } from 'react';
import { Breakable } from '../breakable';
import type { CompositionKeys, RecipientKeys } from '../data/keys';
import type { PackageDetail } from '../data/package-detail';
import { MAY_MANAGE } from '../data/permissions';
import { useAddKeys } from '../data/use-add-keys';
import { KeyBadge } from '../key-badge';
import { t } from '../messages';
import { PanelSection } from './panel-section';

/** The keys of the encrypted compositions, by the devices they are for; nothing for a package without any. */
export function KeysSection({ detail }: { detail: PackageDetail }) {
  const { can } = useSession();
  const compositions = detail.keys?.compositions ?? [];
  if (compositions.length === 0) return null;
  const titleOf = (id: string) => detail.compositions.find((each) => each.id === id)?.content_title ?? id;
  return (
    <PanelSection title={t('keys.keys')} term="kdm">
      {compositions.map((keys) => (
        <article key={keys.composition_id} className="dcpl-card">
          {compositions.length > 1 ? (
            <h4 className="dcpl-card-title">
              <Breakable text={titleOf(keys.composition_id)} />
            </h4>
          ) : null}
          <KeyBadge keys={keys} />
          {keys.recipients.length === 0 ? (
            <p className="dcpl-muted">{t('keys.noneIsHere')}</p>
          ) : (
            <RecipientTable keys={keys} />
          )}
        </article>
      ))}
      {can(MAY_MANAGE) ? <AddKeyButton packageId={detail.id} /> : null}
    </PanelSection>
  );
}

function RecipientTable({ keys }: { keys: CompositionKeys }) {
  return (
    <table className="dcpl-table">
      <thead>
        <tr>
          <th scope="col">{t('keys.device')}</th>
          <th scope="col">{t('keys.state')}</th>
        </tr>
      </thead>
      <tbody>
        {keys.recipients.map((recipient) => (
          <RecipientRow key={recipient.recipient} recipient={recipient} />
        ))}
      </tbody>
    </table>
  );
}

function RecipientRow({ recipient }: { recipient: RecipientKeys }) {
  const { state, not_valid_before: from, not_valid_after: until, missing_key_ids: missing } = recipient;
  const at = state === 'incomplete' ? null : state === 'not-yet-valid' ? from : until;
  return (
    <tr>
      <th scope="row">
        <Breakable text={recipient.recipient || t('keys.withoutAName')} />
      </th>
      <td>
        <KeyBadge keys={{ state, at }} />
        {missing.length > 0 ? <div className="dcpl-muted">{t('keys.lacks', { count: missing.length })}</div> : null}
        <div className="dcpl-muted">
          <DateTime at={from} /> – <DateTime at={until} />
        </div>
      </td>
    </tr>
  );
}

function AddKeyButton({ packageId }: { packageId: string }) {
  const keys = useAddKeys(packageId);
  const input = useRef<HTMLInputElement>(null);
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
