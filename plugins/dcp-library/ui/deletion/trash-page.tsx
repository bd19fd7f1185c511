import { useConfirm, useSession } from '@lamphouse/sdk';
import { Button, EmptyState, formatBytes, IconButton, Loadable, Page, RelativeTime, Status } from '@lamphouse/ui';
import { Trash2, Undo2 } from 'lucide-react';
import { Breakable } from '../breakable';
import { placeOf, type TrashEntry, type TrashState } from '../data/deletion';
import { MAY_DELETE } from '../data/permissions';
import { useTrash, useTrashActions } from '../data/use-trash';
import { useTrashNews } from '../data/use-trash-news';
import { t } from '../messages';
import { LibraryTabs } from '../overview/library-tabs';
import type { Sign } from '../states';

const SIGNS: Record<TrashState, Sign> = {
  deleting: 'active',
  trashed: 'paused',
  restoring: 'active',
  purging: 'active',
};

/** What was deleted, until its space is freed. */
export function TrashPage() {
  const trash = useTrash();
  useTrashNews();
  return (
    <Page title={t('trash.trash')} subtitle={t('trash.subtitle')}>
      <LibraryTabs current="trash" />
      <Loadable query={trash} empty={<NothingThere />} rows={6}>
        {(entries) => <TrashTable entries={entries} />}
      </Loadable>
    </Page>
  );
}

function NothingThere() {
  return <EmptyState icon={Trash2} title={t('trash.empty')} message={t('trash.emptyMessage')} />;
}

function TrashTable({ entries }: { entries: readonly TrashEntry[] }) {
  const { can } = useSession();
  return (
    <div className="dcpl-frame">
      <table className="dcpl-overview dcpl-trash">
        <thead>
          <tr>
            <th scope="col">{t('trash.name')}</th>
            <th scope="col" className="dcpl-number">
              {t('trash.size')}
            </th>
            <th scope="col" className="dcpl-times">
              {t('trash.deleted')}
            </th>
            <th scope="col">{t('trash.state')}</th>
            {can(MAY_DELETE) ? (
              <th scope="col">
                <span className="dcpl-hidden">{t('trash.actions')}</span>
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <TrashRow key={entry.id} entry={entry} mayAct={can(MAY_DELETE)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function TrashRow({ entry, mayAct }: { entry: TrashEntry; mayAct: boolean }) {
  const { package_name: name, mount, path, state, problem, purge_at: purgeAt } = entry;
  return (
    <tr>
      <th scope="row">
        <span className="dcpl-finding">
          <Breakable text={name} />
        </span>
        <span className="dcpl-finding dcpl-muted dcpl-mono">{placeOf(mount, path)}</span>
        {problem ? <span className="dcpl-finding dcpl-bad">{problem}</span> : null}
      </th>
      <td className="dcpl-number">{formatBytes(entry.size_bytes)}</td>
      <td className="dcpl-times">
        <RelativeTime at={entry.deleted_at} />
        <span className="dcpl-finding dcpl-muted dcpl-small">
          {t('trash.by', { who: entry.by.replace(/^\w+:/, '') })}
        </span>
      </td>
      <td>
        <Status state={SIGNS[state]} label={t(`trash.${state}`)} />
        {purgeAt !== null && state === 'trashed' ? (
          <span className="dcpl-finding dcpl-muted dcpl-small">
            {t('trash.purgedIn')} <RelativeTime at={purgeAt} />
          </span>
        ) : null}
      </td>
      {mayAct ? <td className="dcpl-number">{state === 'trashed' ? <Actions entry={entry} /> : null}</td> : null}
    </tr>
  );
}

function Actions({ entry }: { entry: TrashEntry }) {
  const confirm = useConfirm();
  const { pending, restore, purge } = useTrashActions();
  const { package_name: name, size_bytes: bytes, mount } = entry;
  const ask = async () => {
    const agreed = await confirm({
      title: t('trash.purgeTitle', { name }),
      message: t('trash.purgeMessage', { size: formatBytes(bytes), mount }),
      confirmLabel: t('trash.purge'),
      danger: true,
      typed: name,
    });
    if (agreed) purge(entry);
  };
  return (
    <span className="dcpl-line">
      <Button size="small" icon={Undo2} pending={pending} onClick={() => restore([entry.id])}>
        {t('trash.restore')}
      </Button>
      <IconButton icon={Trash2} label={`${t('trash.purge')}: ${name}`} disabled={pending} onClick={() => void ask()} />
    </span>
  );
}
