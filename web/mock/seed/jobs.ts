import type { JobDetail, JobState } from '@lamphouse/sdk';
import { SUBJECTS } from './subjects.ts';
import { ago, createRandom, GIGABYTE } from './time.ts';

const STATES: JobState[] = ['succeeded', 'succeeded', 'succeeded', 'succeeded', 'failed', 'cancelled', 'succeeded'];

function stateOf(number: number): JobState {
  if (number < 8) return 'leased';
  if (number < 12) return 'blocked';
  if (number < 40) return 'available';
  return STATES[number % STATES.length] ?? 'succeeded';
}

export function seedJobs(count: number): JobDetail[] {
  const random = createRandom(7);
  return Array.from({ length: count }, (_, number): JobDetail => {
    const state = stateOf(number);
    const kind = ['check', 'move', 'verify'][number % 3] ?? 'check';
    const created = 2 + number * 3 + random() * 3;
    const started = state === 'available' ? null : ago(created - 1);
    const finished = ['succeeded', 'failed', 'cancelled'].includes(state)
      ? ago(Math.max(0, created - 2 - random() * 9))
      : null;
    const subject = `${SUBJECTS[number % SUBJECTS.length]}-${String(count - number).padStart(4, '0')}`;
    const title = `${{ check: 'Check entry', move: 'Move entry', verify: 'Verify copy of' }[kind]} ${subject}`;
    const error =
      state === 'failed'
        ? 'The digest of part 3 differs from the one that was announced; the copy was kept for a second look.'
        : null;
    return {
      id: `0193f2c0-7d4e-7${String(number).padStart(3, '0')}-9a1b-2c3d4e5f6a7b`,
      plugin: kind === 'check' ? 'sample-catalogue' : 'sample-transfer',
      kind,
      title,
      state,
      priority: number % 5 === 0 ? 10 : 0,
      lane: kind === 'check' ? 'check' : 'disk',
      attempt: state === 'failed' ? 5 : state === 'available' ? (number % 9 === 0 ? 2 : 0) : 1,
      max_attempts: 5,
      progress:
        state === 'leased'
          ? { percent: Math.floor(random() * 90), message: `Reading part ${1 + (number % 4)} of 4` }
          : { percent: null, message: null },
      error,
      created_at: ago(created),
      run_at: ago(created),
      started_at: started,
      finished_at: finished,
      waits_for:
        state === 'blocked'
          ? {
              id: `op${number}`,
              kind: 'copy',
              done_bytes: Math.floor(random() * 80) * GIGABYTE,
              total_bytes: 92 * GIGABYTE,
              current: `archive/${subject}/part-2.bin`,
            }
          : null,
      unique_key: kind === 'check' ? `check:${subject}` : null,
      payload: { entry: subject, thorough: true },
      result: state === 'succeeded' ? { parts: 4, bytes: 92_113_408_000, differing: 0 } : null,
      log: started
        ? [
            { at: started, level: 'info', message: `Started on ${subject}` },
            { at: started, level: 'info', message: 'Part 1 of 4 has the announced digest' },
            ...(error ? [{ at: finished ?? started, level: 'error' as const, message: error }] : []),
          ]
        : [],
    };
  });
}
