import type { Capability, Plugin } from '@lamphouse/sdk';
import { api } from '../../lib/api';
import { useAction } from '../../lib/use-action';

const REFRESHES = [['plugins'], ['navigation'], ['notices']] as const;
const path = (id: string) => `/plugins/${encodeURIComponent(id)}`;
const grantPath = (id: string, capability: Capability) =>
  `${path(id)}/grants/${encodeURIComponent(capability.interface)}`;

export function useGrant(id: string) {
  return useAction<Capability>({
    run: (capability) => api.put(grantPath(id, capability), { body: {} }),
    failed: 'Not granted',
    done: (_, { title }) => `Granted: ${title}`,
    refreshes: REFRESHES,
  });
}

export function useRevoke(id: string) {
  return useAction<Capability>({
    run: (capability) => api.delete(grantPath(id, capability)),
    failed: 'Not revoked',
    done: (_, { title }) => `Revoked: ${title}`,
    refreshes: REFRESHES,
  });
}

export function useSetEnabled(plugin: Plugin) {
  return useAction<boolean>({
    run: (enabled) => api.post(`${path(plugin.id)}/${enabled ? 'enable' : 'disable'}`),
    failed: 'Plugin not changed',
    done: (_, enabled) => `${enabled ? 'Enabled' : 'Disabled'} ${plugin.name}`,
    refreshes: REFRESHES,
  });
}

export function useUninstall(plugin: Plugin, whenDone: () => void) {
  return useAction<{ purge: boolean }>({
    run: ({ purge }) => api.delete(path(plugin.id), { query: { purge } }),
    failed: 'Plugin not removed',
    done: () => {
      whenDone();
      return `Removed ${plugin.name}`;
    },
    refreshes: REFRESHES,
  });
}
