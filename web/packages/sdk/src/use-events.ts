import { useEffect, useRef } from 'react';
import type { LiveEvent } from './api-types';
import { usePluginHost, useReadable } from './host';
import { useInvalidate } from './use-api';

/** Calls `handler` for each live event of these topics. */
export function useEvents(topics: readonly string[], handler: (event: LiveEvent) => void): void {
  const host = usePluginHost();
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  const key = topics.join(',');
  useEffect(() => host.subscribe(key === '' ? [] : key.split(','), (event) => latest.current(event)), [host, key]);
}

const REFETCH_INTERVAL_MS = 500;

/** Refetches queries when events arrive, at most once in half a second, and after a lost connection is back. */
export function useRefetchOn(topics: readonly string[], paths: readonly string[]): void {
  const host = usePluginHost();
  const invalidate = useInvalidate();
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const key = paths.join(',');
  const schedule = () => {
    if (timer.current !== null) return;
    timer.current = setTimeout(() => {
      timer.current = null;
      for (const path of key.split(',')) void invalidate(path);
    }, REFETCH_INTERVAL_MS);
  };
  useEvents(topics, schedule);
  const { status } = useReadable(host.connection);
  const lost = useRef(false);
  useEffect(() => {
    if (status === 'live' && lost.current) for (const path of key.split(',')) void invalidate(path);
    lost.current = status !== 'live';
  }, [status, key, invalidate]);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
    },
    [],
  );
}
