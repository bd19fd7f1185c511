import type { Notice } from '@lamphouse/sdk';
import { api } from '../../lib/api';
import { t } from '../../lib/messages';
import { useAction } from '../../lib/use-action';

/** The action of a notice about a denied call. */
export type MissingGrant = Extract<Notice['action'], { kind: 'grant' }>;

/** Grants what a notice says is missing, with the scope the plugin asks for. */
export function useGrantNotice() {
  return useAction<MissingGrant>({
    run: ({ plugin, interface: name }) =>
      api.put('/plugins/{id}/grants/{interface}', { path: { id: plugin, interface: name }, body: {} }),
    failed: t('notices.notGranted'),
    done: (_, { plugin, interface: name }) => t('notices.grantedTo', { interface: name, plugin }),
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
