import { expect, test } from 'vitest';
import type { HistoryEntry } from '../data/history';
import { historyWords } from './history-words';

const at = '2026-03-10T12:00:00Z';
const spot = { mount: 'library', path: 'Film' };

test('every entry is told in words', () => {
  const told: [HistoryEntry, string, string | undefined][] = [
    [{ at, kind: 'discovered' }, 'Seen for the first time', undefined],
    [{ at, kind: 'changed', from: 'incomplete', to: 'complete' }, 'Changed', 'Incomplete became Complete'],
    [{ at, kind: 'changed', from: 'incoming', to: 'complete' }, 'Arrived completely', undefined],
    [{ at, kind: 'changed', from: 'complete', to: 'complete' }, 'Changed', 'Its files are others than before'],
    [{ at, kind: 'copy-added', mount: 'library-b', path: 'a/B' }, 'A copy was found', 'library-b/a/B'],
    [
      { at, kind: 'moved', from: { mount: 'library', path: '' }, to: { mount: 'library', path: 'B' } },
      'Moved',
      'from library to library/B',
    ],
    [
      { at, kind: 'verified', verified: 'failed', assets: 3, corrupt: ['x'], rotten: [], ...spot },
      'Verified: something is wrong',
      '1 file differs from the packing list',
    ],
    [
      { at, kind: 'verified', verified: 'failed', assets: 3, corrupt: ['x'], rotten: ['x'], ...spot },
      'Verified: something is wrong',
      '1 file rotted: right before, wrong now, and nobody changed it',
    ],
    [{ at, kind: 'checked', state: 'incomplete', ...spot }, 'Checked quickly: Incomplete', undefined],
    [{ at, kind: 'deleted', by: 'user:ada', ...spot }, 'Deleted', 'library/Film, by ada'],
    [{ at, kind: 'restored', by: 'key:nightly', ...spot }, 'Put back from the trash', 'library/Film, by nightly'],
    [{ at, kind: 'purged', by: 'system', ...spot }, 'Deleted for good', 'library/Film, by system'],
    [{ at, kind: 'later-word' } as unknown as HistoryEntry, 'Something else (later-word)', undefined],
  ];
  for (const [entry, title, detail] of told)
    expect(historyWords(entry)).toMatchObject({ title, ...(detail ? { detail } : {}) });
});

test('what is bad looks bad', () => {
  expect(historyWords({ at, kind: 'changed', from: 'complete', to: 'corrupt' }).tone).toBe('bad');
  expect(historyWords({ at, kind: 'verified', verified: 'ok', assets: 3, corrupt: [], rotten: [], ...spot }).tone).toBe(
    'ok',
  );
});
