import { useSearch } from '@lamphouse/sdk';
import { EmptyState, FilterChip, Loadable, Page, SearchField, Toolbar } from '@lamphouse/ui';
import { KeyRound } from 'lucide-react';
import { useCallback } from 'react';
import { Breakable } from '../breakable';
import { type KeyMessage, keysOf, type MessageState } from '../data/keys';
import { useKeys } from '../data/use-keys';
import { KeyBadge } from '../key-badge';
import { KEY_STATES } from '../key-words';
import { t } from '../messages';
import { LibraryTabs } from '../overview/library-tabs';
import { AddKeyButton } from './add-key-button';
import { deviceOf, ForgetKey, KeySource, KeyWindow } from './key-facts';

const STATES: readonly MessageState[] = ['expires-soon', 'valid', 'not-yet-valid', 'expired'];
/** The page tells a message by itself, without what its composition needs. */
const NO_KEYS: ReadonlySet<string> = new Set();

/** Every key delivery message of the library. */
export function KeysPage() {
  const [view, setView] = useSearch({ state: [] as readonly string[], recipient: '' });
  const search = useCallback((recipient: string) => setView({ recipient }), [setView]);
  const keys = useKeys({ state: view.state.join(','), recipient: view.recipient });
  const narrowed = view.recipient !== '' || view.state.length > 0;
  return (
    <Page title={t('keys.keys')} subtitle={t('keys.subtitle')} actions={<AddKeyButton packageId={null} />}>
      <LibraryTabs current="keys" />
      <div className="dcpl-bleed">
        <Toolbar label={t('keys.filterKeys')}>
          <SearchField value={view.recipient} onChange={search} placeholder={t('keys.searchDevices')} />
          <FilterChip
            label={t('keys.state')}
            options={STATES.map((state) => ({ value: state, label: KEY_STATES[state] }))}
            selected={view.state}
            onChange={(state) => setView({ state })}
          />
        </Toolbar>
      </div>
      <Loadable query={keys} rows={8}>
        {({ items, complete }) =>
          items.length === 0 ? (
            <NoKeys narrowed={narrowed} />
          ) : (
            <>
              <KeyTable messages={items} />
              {complete ? null : <p className="dcpl-muted">{t('keys.cut', { count: items.length })}</p>}
            </>
          )
        }
      </Loadable>
    </Page>
  );
}

function NoKeys({ narrowed }: { narrowed: boolean }) {
  if (narrowed) return <p className="dcpl-muted">{t('keys.noneFits')}</p>;
  return <EmptyState icon={KeyRound} title={t('keys.empty')} message={t('keys.emptyMessage')} />;
}

function KeyTable({ messages }: { messages: readonly KeyMessage[] }) {
  return (
    <div className="dcpl-frame">
      <table className="dcpl-overview">
        <thead>
          <tr>
            <th scope="col">{t('keys.device')}</th>
            <th scope="col">{t('keys.state')}</th>
            <th scope="col">
              <span className="dcpl-hidden">{t('keys.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {messages.map((message) => (
            <KeyTableRow key={message.id} message={message} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function KeyTableRow({ message }: { message: KeyMessage }) {
  const [first] = message.packages;
  const title = <Breakable text={message.content_title || message.composition_id} />;
  return (
    <tr>
      <th scope="row">
        <span className="dcpl-finding">
          <Breakable text={deviceOf(message)} />
        </span>
        <span className="dcpl-finding">
          {first === undefined ? (
            <span className="dcpl-muted">
              {title} · {t('keys.noPackage')}
            </span>
          ) : (
            <a className="dcpl-key-film" href={`/library?item=${first.id}&tab=keys`}>
              {title}
            </a>
          )}
        </span>
        <KeySource message={message} />
      </th>
      <td>
        <KeyBadge keys={keysOf(message, NO_KEYS)} />
        <span className="dcpl-finding dcpl-small">
          <KeyWindow message={message} />
        </span>
      </td>
      <td className="dcpl-number">
        <ForgetKey message={message} />
      </td>
    </tr>
  );
}
