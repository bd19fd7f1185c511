import type { Plugin } from '@lamphouse/sdk';
import { Button, Menu } from '@lamphouse/ui';
import { useRouter } from '@tanstack/react-router';
import { Ban, Play, Trash2 } from 'lucide-react';
import { confirm } from '../../lib/confirm';
import { t } from '../../lib/messages';
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
      title: t('plugins.remove', { name: plugin.name }),
      message: purge ? t('plugins.itsPagesJobsAndRoutes') : t('plugins.itsPagesJobsAndRoutesGoItsData'),
      confirmLabel: purge ? t('plugins.removeWithItsData') : t('plugins.removePlugin'),
      danger: true,
      ...(purge ? { typed: plugin.id } : {}),
    };
    if (await confirm(request)) uninstall.mutate({ purge });
  };
  const askDisable = async () => {
    const message = t('plugins.itsPagesAndRoutesStop');
    if (
      await confirm({
        title: t('plugins.disable', { name: plugin.name }),
        message,
        confirmLabel: t('plugins.disablePlugin'),
      })
    )
      setEnabled.mutate(false);
  };
  return (
    <>
      {plugin.enabled ? (
        <Button icon={Ban} pending={setEnabled.isPending} onClick={() => void askDisable()}>
          {t('plugins.disable2')}
        </Button>
      ) : (
        <Button variant="primary" icon={Play} pending={setEnabled.isPending} onClick={() => setEnabled.mutate(true)}>
          {t('plugins.enable')}
        </Button>
      )}
      <Menu
        label={t('plugins.moreActionsFor', { name: plugin.name })}
        items={[
          {
            id: 'remove',
            label: t('plugins.removeKeepItsData'),
            icon: Trash2,
            danger: true,
            run: () => void askUninstall(false),
          },
          {
            id: 'purge',
            label: t('plugins.removeWithItsData'),
            icon: Trash2,
            danger: true,
            run: () => void askUninstall(true),
          },
        ]}
      />
    </>
  );
}
