/** What a history says, in words. */
import { formatDateTime, type TimelineItem } from '@lamphouse/ui';
import type { HistoryEntry, Spot } from '../data/history';
import { stateOf } from '../data/package-row';
import { t } from '../messages';
import { PACKAGE_STATES } from '../states';

export type Words = Pick<TimelineItem, 'title' | 'detail' | 'tone'>;

const place = ({ mount, path }: Spot) => (path === '' ? mount : `${mount}/${path}`);

function changeWords(from: string, to: string): Words {
  const [was, is] = [stateOf(from), stateOf(to)];
  const tone = PACKAGE_STATES[is].sign === 'bad' ? 'bad' : is === 'complete' ? 'ok' : 'warn';
  if (was === is) return { title: t('history.changed'), detail: t('history.filesDiffer') };
  if (was === 'incoming' && is === 'complete') return { title: t('history.arrived'), tone };
  const words = { from: PACKAGE_STATES[was].label, to: PACKAGE_STATES[is].label };
  return { title: t('history.changed'), detail: t('history.nowIs', words), tone };
}

function verifiedWords({ verified, assets, corrupt, rotten }: Extract<HistoryEntry, { kind: 'verified' }>): Words {
  const looked = t('history.filesHashed', { count: assets });
  if (verified === 'ok') return { title: t('history.verifiedOk'), detail: looked, tone: 'ok' };
  if (verified !== 'failed') return { title: t('history.verifiedPartial'), detail: looked, tone: 'warn' };
  if (rotten.length > 0)
    return { title: t('history.verifiedFailed'), detail: t('verify.rotten', { count: rotten.length }), tone: 'bad' };
  const wrong = corrupt.length > 0 ? t('history.filesWrong', { count: corrupt.length }) : looked;
  return { title: t('history.verifiedFailed'), detail: wrong, tone: 'bad' };
}

/** One entry in words; a kind of a newer host is told by its name. */
export function historyWords(entry: HistoryEntry): Words {
  switch (entry.kind) {
    case 'discovered':
      return { title: t('history.discovered'), tone: 'active' };
    case 'changed':
      return changeWords(entry.from, entry.to);
    case 'copy-added':
      return { title: t('history.copyAdded'), detail: place(entry) };
    case 'copy-removed':
      return { title: t('history.copyRemoved'), detail: place(entry) };
    case 'removed':
      return { title: t('history.removed'), detail: place(entry), tone: 'warn' };
    case 'returned':
      return { title: t('history.returned'), detail: place(entry), tone: 'active' };
    case 'deleted':
    case 'restored':
    case 'purged':
      return {
        title: t(`history.${entry.kind}`),
        detail: t('history.by', { place: place(entry), who: entry.by.replace(/^\w+:/, '') }),
        tone: entry.kind === 'restored' ? 'active' : 'warn',
      };
    case 'moved':
      return {
        title: t('history.moved'),
        detail: t('history.fromTo', { from: place(entry.from), to: place(entry.to) }),
      };
    case 'unreachable':
      return { title: t('history.unreachable', { mount: entry.mount }), detail: entry.reason, tone: 'warn' };
    case 'reachable':
      return { title: t('history.reachable', { mount: entry.mount }), tone: 'ok' };
    case 'verified':
      return verifiedWords(entry);
    case 'checked':
      return { title: t('verify.checked', { state: PACKAGE_STATES[stateOf(entry.state)].label }) };
    case 'keys-added':
      return {
        title: t('history.keysAdded'),
        detail: t('history.validUntil', { time: formatDateTime(entry.ends) }),
        tone: 'active',
      };
    default:
      return { title: t('history.somethingElse', { kind: (entry as { kind: string }).kind }) };
  }
}
