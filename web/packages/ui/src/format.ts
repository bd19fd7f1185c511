/** Numbers, sizes and times as people read them, in the document's language. Sizes are SI (1 GB = 10^9 bytes). */
import { type Language, language } from '@lamphouse/sdk';

/** One formatter of a kind for each language: they are dear to make. */
function perLanguage<T>(make: (wanted: Language) => T): () => T {
  const made = new Map<Language, T>();
  return () => {
    const known = made.get(language()) ?? make(language());
    made.set(language(), known);
    return known;
  };
}

const fixed = [0, 1, 2, 3].map((digits) =>
  perLanguage(
    (wanted) => new Intl.NumberFormat(wanted, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  ),
);
const upTo = [0, 1, 2, 3].map((digits) =>
  perLanguage((wanted) => new Intl.NumberFormat(wanted, { maximumFractionDigits: digits })),
);

const percent = perLanguage((wanted) => new Intl.NumberFormat(wanted, { style: 'percent', maximumFractionDigits: 0 }));

/** Whole percents of 0 to 100. */
export function formatPercent(value: number): string {
  return percent().format(Math.floor(value) / 100);
}

function formatFixed(value: number, digits: number): string {
  return fixed[digits]?.().format(value) ?? String(value);
}

/** At most so many digits after the point, at most three. */
export function formatNumber(value: number, mostDigits = 3): string {
  return upTo[mostDigits]?.().format(value) ?? String(value);
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

export function formatBytes(bytes: number): string {
  let value = Math.abs(bytes);
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${bytes < 0 ? '-' : ''}${formatFixed(value, digits)} ${BYTE_UNITS[unit]}`;
}

export function formatCount(value: number): string {
  return formatNumber(value, 0);
}

/** A span in at most two units: `850 ms`, `4.2 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${formatFixed(ms / 1000, ms < 9_950 ? 1 : 0)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return twoUnits(seconds, 60, 'min', 1, 's');
  if (seconds < 86_400) return twoUnits(seconds, 3600, 'h', 60, 'min');
  return twoUnits(seconds, 86_400, 'd', 3600, 'h');
}

function twoUnits(seconds: number, large: number, largeName: string, small: number, smallName: string): string {
  const whole = Math.floor(seconds / large);
  const rest = Math.floor((seconds % large) / small);
  return rest === 0 ? `${whole} ${largeName}` : `${whole} ${largeName} ${rest} ${smallName}`;
}

const relativeFormat = perLanguage(
  (wanted) => new Intl.RelativeTimeFormat(wanted, { numeric: 'auto', style: 'short' }),
);

const RELATIVE_UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** `now` within 45 seconds of it, then minutes, hours, days. */
export function formatRelative(atMs: number, nowMs: number): string {
  const difference = atMs - nowMs;
  if (Math.abs(difference) < 45_000) return relativeFormat().format(0, 'second');
  for (const [unit, size] of RELATIVE_UNITS) {
    if (Math.abs(difference) >= size * 0.95) return relativeFormat().format(Math.round(difference / size), unit);
  }
  return relativeFormat().format(Math.sign(difference), 'minute');
}

const dateTimeFormat = perLanguage(
  (wanted) => new Intl.DateTimeFormat(wanted, { dateStyle: 'medium', timeStyle: 'medium' }),
);

export function formatDateTime(at: string): string {
  const time = Date.parse(at);
  return Number.isNaN(time) ? at : dateTimeFormat().format(time);
}
