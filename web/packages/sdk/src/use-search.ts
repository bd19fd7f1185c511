import { useCallback, useMemo } from 'react';
import { usePluginHost, useReadable } from './host';
import { decodeSearch, patchSearch, type SearchDefaults, type SearchOf } from './search-codec';

/** View state in the address. `defaults` is read once: keep it constant. */
export function useSearch<const D extends SearchDefaults>(
  defaults: D,
): [SearchOf<D>, (patch: Partial<SearchOf<D>>, options?: { replace?: boolean }) => void] {
  const host = usePluginHost();
  const { search } = useReadable(host.location);
  // biome-ignore lint/correctness/useExhaustiveDependencies: defaults are constant by contract
  const values = useMemo(() => decodeSearch(search, defaults), [search]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: defaults are constant by contract
  const set = useCallback(
    (patch: Partial<SearchOf<D>>, options?: { replace?: boolean }) => {
      const now = host.location.get();
      host.navigate(now.path + patchSearch(now.search, defaults, patch), { replace: options?.replace ?? true });
    },
    [host],
  );
  return [values, set];
}
