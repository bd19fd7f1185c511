import {
  Ban,
  CircleArrowRight,
  CircleCheck,
  CircleDashed,
  CircleQuestionMark,
  Clock,
  ClockAlert,
  OctagonX,
  Pause,
  TriangleAlert,
} from 'lucide-react';
import type { ReactNode } from 'react';

const KINDS = {
  ok: { icon: CircleCheck, tone: 'ok' },
  active: { icon: CircleArrowRight, tone: 'active' },
  queued: { icon: Clock, tone: 'neutral' },
  paused: { icon: Pause, tone: 'neutral' },
  warn: { icon: TriangleAlert, tone: 'warn' },
  bad: { icon: OctagonX, tone: 'bad' },
  offline: { icon: CircleDashed, tone: 'bad' },
  stale: { icon: ClockAlert, tone: 'warn' },
  unknown: { icon: CircleQuestionMark, tone: 'neutral' },
  disabled: { icon: Ban, tone: 'neutral' },
} as const;

export type StatusState = keyof typeof KINDS;

/** Icon, word and colour: the shape and the word carry the meaning, the colour confirms it. */
export function Status({ state, label }: { state: StatusState; label: ReactNode }) {
  const { icon: Icon, tone } = KINDS[state];
  return (
    <span className={`lh-tone-${tone} inline-flex max-w-full min-w-0 items-center gap-1.5 align-middle`}>
      <Icon size={14} aria-hidden className="lh-tone-text shrink-0" />
      <span className="lh-tone-text truncate font-medium">{label}</span>
    </span>
  );
}
