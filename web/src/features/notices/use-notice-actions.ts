import type { Notice } from '@lamphouse/sdk';
import { api } from '../../lib/api';
import { t } from '../../lib/messages';
import { useAction } from '../../lib/use-action';

/** Grants what a notice says is missing, with the scope the plugin asks for. */
export function useGrantNotice() {
  return useAction<Notice>({
    run: async ({ action }) => {
      if (!action) return;
      await api.put('/plugins/{id}/grants/{interface}', {
        path: { id: action.plugin, interface: action.interface },
        body: {},
      });
    },
    failed: t('notices.notGranted'),
    done: (_, { action }) =>
      t('notices.grantedTo', { interface: action?.interface ?? '', plugin: action?.plugin ?? '' }),
    refreshes: [['notices'], ['plugins'], ['navigation']],
  });
}

export function useDismissNotice() {
  return useAction<Notice>({
    run: ({ id }) => api.delete('/notices/{id}', { path: { id } }),
    failed: t('notices.notDismissed'),
    refreshes: [['notices']],
  });
}
