/** The states of keys in words; times are told as the time that is left, rounded down. */
import { formatDateTime } from '@lamphouse/ui';
import type { KeyState, RowKeys } from './data/keys';
import { t } from './messages';
import type { Sign } from './states';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Up to this time hours are counted, then days. */
const IN_HOURS_MS = 3 * DAY_MS;

export const KEY_SIGNS: Record<KeyState, Sign> = {
  missing: 'bad',
  incomplete: 'bad',
  expired: 'bad',
  'not-yet-valid': 'queued',
  'expires-soon': 'warn',
  valid: 'ok',
  'not-needed': 'disabled',
};

/** The states without a time, for filters. */
export const KEY_STATES: Record<KeyState, string> = {
  get missing() {
    return t('keys.missing');
  },
  get incomplete() {
    return t('keys.incomplete');
  },
  get expired() {
    return t('keys.expired');
  },
  get 'not-yet-valid'() {
    return t('keys.notYetValid');
  },
  get 'expires-soon'() {
    return t('keys.expiresSoon');
  },
  get valid() {
    return t('keys.valid');
  },
  get 'not-needed'() {
    return t('keys.notNeeded');
  },
};

function span(ms: number): string {
  const left = Math.max(0, ms);
  if (left < HOUR_MS) return t('keys.minutes', { count: Math.floor(left / MINUTE_MS) });
  if (left < IN_HOURS_MS) return t('keys.hours', { count: Math.floor(left / HOUR_MS) });
  return t('keys.days', { count: Math.floor(left / DAY_MS) });
}

/** `expires in 36 h`, `valid in 2 days`, `missing`. */
export function keyLabel({ state, at }: RowKeys, nowMs: number): string {
  const left = at === null ? Number.NaN : Date.parse(at) - nowMs;
  if (Number.isNaN(left)) return KEY_STATES[state];
  if (state === 'expires-soon') return t('keys.expiresIn', { time: span(left) });
  if (state === 'not-yet-valid') return t('keys.validIn', { time: span(left) });
  return state === 'valid' ? t('keys.validFor', { time: span(left) }) : KEY_STATES[state];
}

/** When the state changes, for a tooltip. */
export function keyMoment({ state, at }: RowKeys): string | undefined {
  if (at === null) return undefined;
  const time = formatDateTime(at);
  if (state === 'not-yet-valid') return t('keys.validFrom', { time });
  return state === 'expired' ? t('keys.expiredAt', { time }) : t('keys.validUntil', { time });
}
