import { Loadable } from '@lamphouse/ui';
import { Breakable } from '../breakable';
import { type CompositionKeys, type KeyMessage, keysOf } from '../data/keys';
import type { Composition, PackageDetail } from '../data/package-detail';
import { useKeys } from '../data/use-keys';
import { KeyBadge } from '../key-badge';
import { AddKeyButton } from '../keys/add-key-button';
import { deviceOf, ForgetKey, KeySource, KeyWindow } from '../keys/key-facts';
import { t } from '../messages';

/** The keys of each encrypted composition: who they are for, when they open, where they lie. */
export function KeysTab({ detail }: { detail: PackageDetail }) {
  const locked = detail.keys?.compositions ?? [];
  return (
    <div className="dcpl-tab">
      {locked.map((keys) => (
        <LockedComposition
          key={keys.composition_id}
          keys={keys}
          composition={detail.compositions.find(({ id }) => id === keys.composition_id)}
          titled={locked.length > 1}
        />
      ))}
      <AddKeyButton packageId={detail.id} />
    </div>
  );
}

function neededKeys(composition: Composition | undefined): ReadonlySet<string> {
  const tracks = composition?.reels.flatMap(({ assets }) => assets) ?? [];
  return new Set(tracks.flatMap(({ key_id: key }) => key ?? []));
}

interface LockedProps {
  keys: CompositionKeys;
  composition: Composition | undefined;
  /** Whether several need to be told apart. */
  titled: boolean;
}

function LockedComposition({ keys, composition, titled }: LockedProps) {
  const messages = useKeys({ composition: keys.composition_id });
  const needed = neededKeys(composition);
  return (
    <section className="dcpl-section">
      {titled ? (
        <h3 className="dcpl-card-title">
          <Breakable text={composition?.content_title ?? keys.composition_id} />
        </h3>
      ) : null}
      <KeyBadge keys={keys} />
      <Loadable query={messages} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="dcpl-muted">{t('keys.noneIsHere')}</p>
          ) : (
            <ul className="dcpl-keys">
              {items.map((message) => (
                <Message key={message.id} message={message} needed={needed} />
              ))}
            </ul>
          )
        }
      </Loadable>
    </section>
  );
}

function Message({ message, needed }: { message: KeyMessage; needed: ReadonlySet<string> }) {
  const keys = keysOf(message, needed);
  return (
    <li>
      <div className="dcpl-key-head">
        <strong>
          <Breakable text={deviceOf(message)} />
        </strong>
        <ForgetKey message={message} />
      </div>
      <div className="dcpl-line">
        <KeyBadge keys={keys} />
        {keys.lacks > 0 ? <span className="dcpl-muted">{t('keys.lacks', { count: keys.lacks })}</span> : null}
      </div>
      <span className="dcpl-small">
        <KeyWindow message={message} />
      </span>
      <KeySource message={message} />
    </li>
  );
}
