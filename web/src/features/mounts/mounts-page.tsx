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
import { mountsQuery } from '../../lib/queries';
import { useSession } from '../../lib/session';
import { useUrlState } from '../../lib/url-state';
import { useAction } from '../../lib/use-action';
import { AddMountDialog } from './add-mount-dialog';
import { MountSpace, MountStatus } from './mount-cells';

const DEFAULTS = { sort: 'name' };

function columns(menu: ((mount: Mount) => React.ReactNode) | null): Column<Mount>[] {
  const own: Column<Mount>[] = [
    { id: 'name', header: 'Name', value: (mount) => mount.name, minWidth: 120, mobile: 'title' },
    {
      id: 'status',
      header: 'Status',
      value: (mount) => mount.status,
      cell: (mount) => <MountStatus mount={mount} />,
      width: 100,
      mobile: 'aside',
    },
    {
      id: 'path',
      header: 'Path',
      value: (mount) => mount.path,
      cell: (mount) => <MiddleText text={mount.path} mono />,
      minWidth: 200,
      grow: 2,
      mobile: 'detail',
    },
    {
      id: 'free',
      header: 'Space',
      value: (mount) => mount.free_bytes,
      cell: (mount) => <MountSpace mount={mount} />,
      width: 220,
    },
    { id: 'rights', header: 'Rights', value: (mount) => mount.rights.join(', '), width: 170 },
    {
      id: 'used',
      header: 'Used by',
      value: (mount) => mount.used_by.join(', '),
      cell: (mount) => mount.used_by.join(', ') || <span className="text-muted">no plugin</span>,
      minWidth: 140,
      mobile: 'detail',
    },
    { id: 'reason', header: 'Why offline', value: (mount) => mount.reason, minWidth: 140 },
  ];
  if (menu === null) return own;
  return [
    ...own,
    {
      id: 'menu',
      header: 'Actions',
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
    failed: 'Mount not removed',
    done: (_, { name }) => `Removed mount ${name}`,
    refreshes: [['mounts']],
  });
  const { mutate } = remove;
  const all = useMemo(() => {
    const ask = async (mount: Mount) => {
      const users = mount.used_by.length > 0 ? ` ${mount.used_by.join(', ')} will no longer see its files.` : '';
      const request = {
        title: `Remove mount ${mount.name}?`,
        message: `The folder and its files stay as they are.${users}`,
        confirmLabel: 'Remove mount',
        danger: true,
      };
      if (await confirm(request)) mutate(mount);
    };
    const menu = (mount: Mount) => (
      <Menu
        label={`Actions for ${mount.name}`}
        items={[{ id: 'remove', label: 'Remove mount', icon: Trash2, danger: true, run: () => void ask(mount) }]}
      />
    );
    return columns(manages ? menu : null);
  }, [manages, mutate]);
  const add = manages ? (
    <Button variant="primary" icon={Plus} onClick={() => setAdding(true)}>
      Add mount
    </Button>
  ) : null;
  const empty = (
    <EmptyState
      icon={HardDrive}
      title="No mounts yet"
      message="A mount is a folder of this machine under a short name. Plugins see only the mounts they are granted."
      action={add}
    />
  );
  return (
    <Page
      title="Mounts"
      subtitle="Folders of this machine that plugins may be granted"
      actions={mounts.data?.length ? add : null}
      fill
    >
      <DataTable
        label="Mounts"
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
