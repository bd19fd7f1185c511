import { decodeSearch, patchSearch, type SearchDefaults, type SearchOf } from '@lamphouse/sdk';
import { useRouter, useRouterState } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';

/** View state in the address: filters, sort, tab, selection. `defaults` must be constant. */
export function useUrlState<const D extends SearchDefaults>(
  defaults: D,
): [SearchOf<D>, (patch: Partial<SearchOf<D>>, options?: { replace?: boolean }) => void] {
  const router = useRouter();
  const search = useRouterState({ select: (state) => state.location.searchStr });
  // biome-ignore lint/correctness/useExhaustiveDependencies: defaults are constant by contract
  const values = useMemo(() => decodeSearch(search, defaults), [search]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: defaults are constant by contract
  const set = useCallback(
    (patch: Partial<SearchOf<D>>, options?: { replace?: boolean }) => {
      const { pathname, search: now } = router.history.location;
      const href = pathname + patchSearch(now, defaults, patch);
      if (options?.replace ?? true) router.history.replace(href);
      else router.history.push(href);
    },
    [router],
  );
  return [values, set];
}
