import {
  type ApiError,
  type ApiList,
  type QueryParameters,
  useApiList,
  useApiMutation,
  useRefetchOn,
  useToast,
} from '@lamphouse/sdk';
import type { UseQueryResult } from '@tanstack/react-query';
import { t } from '../messages';
import type { KeyMessage } from './keys';
import { CHANGED, KEYS_CHANGED } from './topics';

const KEYS = '/dcps/kdms';
/** Messages that are listed; more are found by narrowing. */
const MOST = 1000;

/** Key delivery messages that fit, those that end last first, kept current while they are shown. */
export function useKeys(query: QueryParameters): UseQueryResult<ApiList<KeyMessage>, ApiError> {
  useRefetchOn([...KEYS_CHANGED, ...CHANGED], [KEYS]);
  return useApiList<KeyMessage>(KEYS, { query, pageSize: MOST, maxItems: MOST });
}

/** Forgets a message that was added here. */
export function useForgetKey() {
  const toast = useToast();
  return useApiMutation<void, string>((api, id) => api.delete(`${KEYS}/${id}`), {
    invalidates: ['/dcps/'],
    onSuccess: () => toast({ title: t('keys.forgotten'), tone: 'ok' }),
    onError: (error) => toast({ title: t('keys.notForgotten'), message: error.message, tone: 'bad' }),
  });
}
