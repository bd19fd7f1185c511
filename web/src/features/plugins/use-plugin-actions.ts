import type { Capability, Plugin } from '@lamphouse/sdk';
import { api } from '../../lib/api';
import { useAction } from '../../lib/use-action';

const REFRESHES = [['plugins'], ['navigation'], ['notices']] as const;

export function useGrant(id: string) {
  return useAction<Capability>({
    run: (capability) =>
      api.put('/plugins/{id}/grants/{interface}', { path: { id, interface: capability.interface }, body: {} }),
    failed: 'Not granted',
    done: (_, { title }) => `Granted: ${title}`,
    refreshes: REFRESHES,
  });
}

export function useRevoke(id: string) {
  return useAction<Capability>({
    run: (capability) =>
      api.delete('/plugins/{id}/grants/{interface}', { path: { id, interface: capability.interface } }),
    failed: 'Not revoked',
    done: (_, { title }) => `Revoked: ${title}`,
    refreshes: REFRESHES,
  });
}

export function useSetEnabled(plugin: Plugin) {
  return useAction<boolean>({
    run: (enabled) => api.post(`/plugins/{id}/${enabled ? 'enable' : 'disable'}`, { path: { id: plugin.id } }),
    failed: 'Plugin not changed',
    done: (_, enabled) => `${enabled ? 'Enabled' : 'Disabled'} ${plugin.name}`,
    refreshes: REFRESHES,
  });
}

export function useUninstall(plugin: Plugin, whenDone: () => void) {
  return useAction<{ purge: boolean }>({
    run: ({ purge }) => api.delete('/plugins/{id}', { path: { id: plugin.id }, query: { purge } }),
    failed: 'Plugin not removed',
    done: () => {
      whenDone();
      return `Removed ${plugin.name}`;
    },
    refreshes: REFRESHES,
  });
}
