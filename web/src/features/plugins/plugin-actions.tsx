import type { Plugin } from '@lamphouse/sdk';
import { Button, Menu } from '@lamphouse/ui';
import { useRouter } from '@tanstack/react-router';
import { Ban, Play, Trash2 } from 'lucide-react';
import { confirm } from '../../lib/confirm';
import { useSession } from '../../lib/session';
import { useSetEnabled, useUninstall } from './use-plugin-actions';

export function PluginActions({ plugin }: { plugin: Plugin }) {
  const router = useRouter();
  const { can } = useSession();
  const setEnabled = useSetEnabled(plugin);
  const uninstall = useUninstall(plugin, () => router.history.push('/plugins'));
  if (!can('plugins:manage')) return null;
  const askUninstall = async (purge: boolean) => {
    const request = {
      title: `Remove ${plugin.name}?`,
      message: purge
        ? 'Its pages, jobs and routes go, and its database with them. This cannot be undone.'
        : 'Its pages, jobs and routes go. Its data stays for a later install.',
      confirmLabel: purge ? 'Remove with its data' : 'Remove plugin',
      danger: true,
      ...(purge ? { typed: plugin.id } : {}),
    };
    if (await confirm(request)) uninstall.mutate({ purge });
  };
  const askDisable = async () => {
    const message = 'Its pages and routes stop answering and its jobs wait until it is enabled again.';
    if (await confirm({ title: `Disable ${plugin.name}?`, message, confirmLabel: 'Disable plugin' }))
      setEnabled.mutate(false);
  };
  return (
    <>
      {plugin.enabled ? (
        <Button icon={Ban} pending={setEnabled.isPending} onClick={() => void askDisable()}>
          Disable
        </Button>
      ) : (
        <Button variant="primary" icon={Play} pending={setEnabled.isPending} onClick={() => setEnabled.mutate(true)}>
          Enable
        </Button>
      )}
      <Menu
        label={`More actions for ${plugin.name}`}
        items={[
          {
            id: 'remove',
            label: 'Remove, keep its data',
            icon: Trash2,
            danger: true,
            run: () => void askUninstall(false),
          },
          {
            id: 'purge',
            label: 'Remove with its data',
            icon: Trash2,
            danger: true,
            run: () => void askUninstall(true),
          },
        ]}
      />
    </>
  );
}
