import type { Mount } from '@lamphouse/sdk';
import {
  Button,
  type Column,
  DataTable,
  EmptyState,
  formatSort,
  Menu,
  MiddleText,
  Page,
  parseSort,
} from '@lamphouse/ui';
import { useQuery } from '@tanstack/react-query';
import { HardDrive, Plus, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { api } from '../../lib/api';
import { confirm } from '../../lib/confirm';
import { t } from '../../lib/messages';
import { mountsQuery } from '../../lib/queries';
import { useSession } from '../../lib/session';
import { useUrlState } from '../../lib/url-state';
import { useAction } from '../../lib/use-action';
import { AddMountDialog } from './add-mount-dialog';
import { MountSpace, MountStatus } from './mount-cells';

const DEFAULTS = { sort: 'name' };

function columns(menu: ((mount: Mount) => React.ReactNode) | null): Column<Mount>[] {
  const own: Column<Mount>[] = [
    { id: 'name', header: t('mounts.name'), value: (mount) => mount.name, minWidth: 120, mobile: 'title' },
    {
      id: 'status',
      header: t('mounts.status'),
      value: (mount) => mount.status,
      cell: (mount) => <MountStatus mount={mount} />,
      width: 100,
      mobile: 'aside',
    },
    {
      id: 'path',
      header: t('mounts.path'),
      value: (mount) => mount.path,
      cell: (mount) => <MiddleText text={mount.path} mono />,
      minWidth: 200,
      grow: 2,
      mobile: 'detail',
    },
    {
      id: 'free',
      header: t('mounts.space'),
      value: (mount) => mount.free_bytes,
      cell: (mount) => <MountSpace mount={mount} />,
      width: 220,
    },
    { id: 'rights', header: t('mounts.rights'), value: (mount) => mount.rights.join(', '), width: 170 },
    {
      id: 'used',
      header: t('mounts.usedBy'),
      value: (mount) => mount.used_by.join(', '),
      cell: (mount) => mount.used_by.join(', ') || <span className="text-muted">{t('mounts.noPlugin')}</span>,
      minWidth: 140,
      mobile: 'detail',
    },
    { id: 'reason', header: t('mounts.whyOffline'), value: (mount) => mount.reason, minWidth: 140 },
  ];
  if (menu === null) return own;
  return [
    ...own,
    {
      id: 'menu',
      header: t('mounts.actions'),
      value: () => null,
      cell: menu,
      width: 72,
      sortable: false,
      align: 'end',
      mobile: 'action',
    },
  ];
}

export function MountsPage() {
  const mounts = useQuery(mountsQuery);
  const manages = useSession().can('mounts:manage');
  const [view, setView] = useUrlState(DEFAULTS);
  const [adding, setAdding] = useState(false);
  const remove = useAction<Mount>({
    run: ({ name }) => api.delete('/mounts/{name}', { path: { name } }),
    failed: t('mounts.mountNotRemoved'),
    done: (_, { name }) => t('mounts.removedMount', { name }),
    refreshes: [['mounts']],
  });
  const { mutate } = remove;
  const all = useMemo(() => {
    const ask = async (mount: Mount) => {
      const users =
        mount.used_by.length > 0 ? ` ${t('mounts.willNoLongerSeeIts', { plugins: mount.used_by.join(', ') })}` : '';
      const request = {
        title: t('mounts.removeMount', { name: mount.name }),
        message: t('mounts.theFolderAndItsFiles') + users,
        confirmLabel: t('mounts.removeMount2'),
        danger: true,
      };
      if (await confirm(request)) mutate(mount);
    };
    const menu = (mount: Mount) => (
      <Menu
        label={t('mounts.actionsFor', { name: mount.name })}
        items={[
          { id: 'remove', label: t('mounts.removeMount2'), icon: Trash2, danger: true, run: () => void ask(mount) },
        ]}
      />
    );
    return columns(manages ? menu : null);
  }, [manages, mutate]);
  const add = manages ? (
    <Button variant="primary" icon={Plus} onClick={() => setAdding(true)}>
      {t('mounts.addMount')}
    </Button>
  ) : null;
  const empty = (
    <EmptyState icon={HardDrive} title={t('mounts.noMountsYet')} message={t('mounts.aMountIsAFolder')} action={add} />
  );
  return (
    <Page
      title={t('mounts.mounts')}
      subtitle={t('mounts.foldersOfThisMachineThat')}
      actions={mounts.data?.length ? add : null}
      fill
    >
      <DataTable
        name="mounts"
        label={t('mounts.mounts')}
        rows={mounts.data ?? []}
        rowId={(mount) => mount.name}
        columns={all}
        sort={parseSort(view.sort)}
        onSortChange={(sort) => setView({ sort: formatSort(sort) })}
        loading={mounts.isPending}
        error={mounts.error}
        onRetry={() => void mounts.refetch()}
        empty={empty}
      />
      <AddMountDialog open={adding} onClose={() => setAdding(false)} />
    </Page>
  );
}
