import { useCallback } from 'react';
import { encodeQuery, type QueryParameters } from './api-client';
import { type PluginLocation, usePluginHost, useReadable } from './host';

export function useLocation(): PluginLocation {
  return useReadable(usePluginHost().location);
}

export interface NavigateOptions {
  search?: QueryParameters;
  replace?: boolean;
}

/** Goes to a path below the mount. */
export function useNavigate(): (to: string, options?: NavigateOptions) => void {
  const host = usePluginHost();
  return useCallback(
    (to, options = {}) => host.navigate(to + encodeQuery(options.search), { replace: options.replace ?? false }),
    [host],
  );
}
