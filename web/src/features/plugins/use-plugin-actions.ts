import type { Capability, PendingUpgrade, Plugin } from '@lamphouse/sdk';
import { api } from '../../lib/api';
import { t } from '../../lib/messages';
import { useAction } from '../../lib/use-action';

const REFRESHES = [['plugins'], ['navigation'], ['notices']] as const;

export function useGrant(id: string) {
  return useAction<Capability>({
    run: (capability) =>
      api.put('/plugins/{id}/grants/{interface}', { path: { id, interface: capability.interface }, body: {} }),
    failed: t('plugins.notGranted'),
    done: (_, { title }) => `Granted: ${title}`,
    refreshes: REFRESHES,
  });
}

export function useRevoke(id: string) {
  return useAction<Capability>({
    run: (capability) =>
      api.delete('/plugins/{id}/grants/{interface}', { path: { id, interface: capability.interface } }),
    failed: t('plugins.notRevoked'),
    done: (_, { title }) => `Revoked: ${title}`,
    refreshes: REFRESHES,
  });
}

/** Approves the version that was looked at, or keeps the installed one. */
export function useDecideUpgrade(plugin: Plugin, { version, package_hash }: PendingUpgrade) {
  return useAction<'approve' | 'reject'>({
    run: (decision) =>
      api.post(`/plugins/{id}/upgrade/${decision}`, { path: { id: plugin.id }, body: { package_hash } }),
    failed: t('plugins.pluginNotChanged'),
    done: (_, decision) =>
      decision === 'approve'
        ? t('plugins.installed', { id: plugin.name, version })
        : t('plugins.keptVersion', { version: plugin.version, name: plugin.name }),
    refreshes: REFRESHES,
  });
}

export function useSetEnabled(plugin: Plugin) {
  return useAction<boolean>({
    run: (enabled) => api.post(`/plugins/{id}/${enabled ? 'enable' : 'disable'}`, { path: { id: plugin.id } }),
    failed: t('plugins.pluginNotChanged'),
    done: (_, enabled) => t(enabled ? 'plugins.enabledNamed' : 'plugins.disabledNamed', { name: plugin.name }),
    refreshes: REFRESHES,
  });
}

export function useUninstall(plugin: Plugin, whenDone: () => void) {
  return useAction<{ purge: boolean }>({
    run: ({ purge }) => api.delete('/plugins/{id}', { path: { id: plugin.id }, query: { purge } }),
    failed: t('plugins.pluginNotRemoved'),
    done: () => {
      whenDone();
      return t('plugins.removed', { name: plugin.name });
    },
    refreshes: REFRESHES,
  });
}
