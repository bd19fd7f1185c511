import { useReadable } from '@lamphouse/sdk';
import { Menu, type MenuItem, RelativeTime, Status, type StatusState } from '@lamphouse/ui';
import { Pause, Play, RotateCcw } from 'lucide-react';
import { t } from '../lib/messages';
import { connection, pausedSince, pauseLive, resumeLive, resync } from '../live/live-hub';

const WORDS: Record<string, { state: StatusState; word: string }> = {
  live: {
    state: 'ok',
    get word() {
      return t('app.live');
    },
  },
  reconnecting: {
    state: 'stale',
    get word() {
      return t('app.reconnecting');
    },
  },
  offline: {
    state: 'offline',
    get word() {
      return t('app.offline');
    },
  },
  paused: {
    state: 'paused',
    get word() {
      return t('app.paused');
    },
  },
};

/** Whether what is shown is current, and since when not; live changes can be stopped here. */
export function ConnectionPill() {
  const { status, since } = useReadable(connection);
  const paused = useReadable(pausedSince);
  const { state, word } = WORDS[paused !== null ? 'paused' : status] ?? { state: 'unknown' as const, word: status };
  const behind = paused ?? (status === 'live' ? null : since);
  const items: MenuItem[] = [
    paused === null
      ? { id: 'pause', label: t('app.pauseLiveUpdates'), icon: Pause, run: pauseLive }
      : { id: 'resume', label: t('app.resumeLiveUpdates'), icon: Play, run: resumeLive },
    { id: 'refresh', label: t('app.refreshEverything'), icon: RotateCcw, run: resync },
  ];
  const trigger = (
    <button
      type="button"
      className="lh-touch inline-flex h-7 shrink-0 items-center justify-center gap-1 rounded-control border border-line bg-surface px-2 text-small hover:bg-raised max-md:border-transparent max-md:bg-transparent"
    >
      <span className="flex items-center gap-1 max-md:gap-0">
        <Status state={state} label={<span className="max-md:sr-only">{word}</span>} />
        {behind === null ? null : (
          <span className="text-muted max-md:sr-only">
            <RelativeTime at={new Date(behind).toISOString()} />
          </span>
        )}
      </span>
    </button>
  );
  return (
    <>
      <span role="status" className="sr-only">
        {word}
      </span>
      <Menu label={t('app.connection')} trigger={trigger} items={items} />
    </>
  );
}
