import { useApiQuery } from '@lamphouse/sdk';
import { useMemo } from 'react';

const MOST = 100;

interface Answer {
  id: string;
  /** How far it is off; absent for what holds the words. */
  distance?: number;
}

export interface Similar {
  ids: ReadonlySet<string>;
  /** False for packages that hold the words in what the list does not show. */
  inexact: boolean;
}

/** What the host finds for words that no row of the list holds: packages that come close. */
export function useSimilar(words: string, enabled: boolean): Similar | null {
  const query = useApiQuery<Answer[]>('/dcps', { query: { q: words, limit: MOST }, enabled });
  return useMemo(() => {
    if (!enabled || query.data === undefined || query.data.length === 0) return null;
    const inexact = query.data.some((each) => each.distance !== undefined);
    return { ids: new Set(query.data.map((each) => each.id)), inexact };
  }, [enabled, query.data]);
}
