import { useSyncExternalStore } from 'react';
import { formatBytes, formatCount, formatDateTime, formatDuration, formatRelative } from './format';
import { t } from './messages';

const TICK_MS = 15_000;
let nowMs = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;

/** One clock for all relative times on the page. */
function subscribeClock(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    nowMs = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  };
}

export function RelativeTime({ at }: { at: string | null }) {
  const now = useSyncExternalStore(subscribeClock, () => nowMs);
  if (at === null) return <span className="text-muted">{t('formats.never')}</span>;
  return (
    <time dateTime={at} title={formatDateTime(at)} className="lh-figures whitespace-nowrap">
      {formatRelative(Date.parse(at), Math.max(now, Date.now() - TICK_MS))}
    </time>
  );
}

export function DateTime({ at }: { at: string | null }) {
  if (at === null) return <span className="text-muted">{t('formats.never')}</span>;
  return (
    <time dateTime={at} title={at} className="lh-figures whitespace-nowrap">
      {formatDateTime(at)}
    </time>
  );
}

export function Bytes({ value }: { value: number | null }) {
  if (value === null) return <span className="text-muted">{t('formats.unknown')}</span>;
  return (
    <span title={t('formats.bytes', { value: formatCount(value) })} className="lh-figures whitespace-nowrap">
      {formatBytes(value)}
    </span>
  );
}

export function Duration({ ms }: { ms: number }) {
  return <span className="lh-figures whitespace-nowrap">{formatDuration(ms)}</span>;
}

export function Count({ value }: { value: number }) {
  return <span className="lh-figures">{formatCount(value)}</span>;
}
