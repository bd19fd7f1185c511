/** Which rows are shown: those that pass the filters, or those that come close to what is searched for. */
import { useMemo } from 'react';
import type { PackageRow } from '../data/package-row';
import { useFound } from '../data/use-overview';
import { useSimilar } from '../data/use-similar';
import { type Filters, rowFilter, sharedTitles } from './filter-state';

/** The filters out of the address, the same object while none of them changes. */
export function useFilters(view: Filters): Filters {
  const { q, kind, state, format, issuer, server_id, encryption, keys, tag, duplicates, finding } = view;
  const { min_size, max_size, recent, after, before } = view;
  const lists = { kind, state, format, issuer, server_id, encryption, keys, tag, duplicates };
  const filters = { ...lists, q, finding, min_size, max_size, recent, after, before };
  const key = JSON.stringify(filters);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key tells every one of them
  return useMemo(() => filters, [key]);
}

export interface Matching {
  filter: (row: PackageRow) => boolean;
  matching: readonly PackageRow[];
  /** Whether nothing holds the words, and what comes close is shown instead. */
  similar: boolean;
}

/** The rows that pass. When none holds the words, the host is asked for those that come close. */
export function useMatching(rows: readonly PackageRow[], filters: Filters, complete: boolean): Matching {
  const found = useFound(filters.finding);
  const titles = filters.duplicates.includes('titles');
  const around = useMemo(
    () => ({ sharedTitles: titles ? sharedTitles(rows) : new Set<string>(), found }),
    [rows, titles, found],
  );
  const exact = useMemo(() => rowFilter(filters, Date.now(), around), [filters, around]);
  const matching = useMemo(() => rows.filter(exact), [rows, exact]);
  const wanted = complete && rows.length > 0 && matching.length === 0 && filters.q.trim() !== '';
  const close = useSimilar(filters.q, wanted);
  return useMemo(() => {
    if (close === null) return { filter: exact, matching, similar: false };
    const others = rowFilter({ ...filters, q: '' }, Date.now(), around);
    const filter = (row: PackageRow) => close.ids.has(row.id) && others(row);
    const near = rows.filter(filter);
    return { filter, matching: near, similar: close.inexact && near.length > 0 };
  }, [close, exact, matching, filters, around, rows]);
}
