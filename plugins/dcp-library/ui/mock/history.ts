/** What happened to an invented package, as far as its row tells. */
import type { HistoryEntry } from '../data/history';
import type { PackageRow } from '../data/package-row';

const DAY_MS = 86_400_000;

export function historyOf(row: PackageRow): HistoryEntry[] {
  const found = Date.parse(row.discovered_at);
  const at = (days: number) => new Date(found + days * DAY_MS).toISOString();
  const spot = { mount: row.mount ?? 'library', path: row.path ?? '' };
  const entries: HistoryEntry[] = [
    { at: at(0), kind: 'discovered' },
    { at: at(0.01), kind: 'changed', from: 'incoming', to: 'complete' },
    { at: at(0.2), kind: 'moved', from: { mount: spot.mount, path: `inbox/${spot.path}` }, to: spot },
    { at: at(0.5), kind: 'unreachable', mount: spot.mount, reason: 'its folder is not there' },
    { at: at(0.6), kind: 'reachable', mount: spot.mount, reason: null },
  ];
  if (row.keys.state !== 'not-needed' && row.keys.at !== null)
    entries.push({ at: at(0.7), kind: 'keys-added', message_id: row.id, ends: row.keys.at });
  if (row.last_verified !== null && row.verified !== 'none') {
    const corrupt = row.verified === 'failed' ? [row.id] : [];
    entries.push({
      at: row.last_verified,
      kind: 'verified',
      verified: row.verified,
      assets: row.file_count,
      corrupt,
      rotten: corrupt,
      ...spot,
    });
  }
  return entries.sort((a, b) => b.at.localeCompare(a.at));
}
