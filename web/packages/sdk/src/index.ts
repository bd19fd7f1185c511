/** What a plugin's UI may use of the shell. Shared by import map: additions are minor, removals need a new `uiApi`. */

export {
  type ApiClient,
  type ApiRequest,
  type ApiResponse,
  type CallOptions,
  createApiClient,
  encodeQuery,
  type ListPage,
  nextCursor,
  type QueryParameters,
  type Transport,
} from './api-client';
export { ApiError } from './api-error';
export type * from './api-types';
export { definePlugin, type PluginComponents, type PluginDefinition, readPluginModule } from './define-plugin';
export {
  type Appearance,
  type ConfirmRequest,
  type Connection,
  type JobsQuery,
  type PluginHost,
  PluginHostProvider,
  type PluginInfo,
  type PluginLocation,
  type Readable,
  type Session,
  type ToastRequest,
  type Tone,
  topicMatches,
  uiApi,
  useReadable,
} from './host';
export { Link, type LinkProps } from './link';
export {
  createMessages,
  LANGUAGES,
  type Language,
  language,
  type MessageKey,
  type Messages,
  type MessageValues,
  preferredLanguage,
  setLanguage,
  type Translate,
} from './messages';
export { type Cell, createCell } from './readable';
export { decodeSearch, patchSearch, type SearchDefaults, type SearchOf } from './search-codec';
export {
  type ApiList,
  type ApiListOptions,
  type ApiMutationOptions,
  type ApiQueryOptions,
  useApi,
  useApiList,
  useApiMutation,
  useApiQuery,
  useInvalidate,
} from './use-api';
export { useEvents, useRefetchOn } from './use-events';
export { useJobProgress, useJobs } from './use-jobs';
export { type NavigateOptions, useLocation, useNavigate } from './use-location';
export { useSearch } from './use-search';
export { holds, useConfirm, useConnection, usePlugin, useSession, useTheme, useToast } from './use-shell';
