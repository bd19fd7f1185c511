/** Facts of packages in words. Pure functions; unknown values stay as they are. */
import type { Rate } from './data/package-detail';
import type { Languages } from './data/package-row';

/** Content kinds the standards define: what people call them and the code of the naming convention. */
const KINDS: Record<string, { label: string; code: string }> = {
  feature: { label: 'Feature', code: 'FTR' },
  trailer: { label: 'Trailer', code: 'TLR' },
  teaser: { label: 'Teaser', code: 'TSR' },
  test: { label: 'Test', code: 'TST' },
  rating: { label: 'Rating card', code: 'RTG' },
  advertisement: { label: 'Advert', code: 'ADV' },
  short: { label: 'Short', code: 'SHR' },
  transitional: { label: 'Transitional', code: 'XSN' },
  psa: { label: 'PSA', code: 'PSA' },
  policy: { label: 'Policy', code: 'POL' },
  clip: { label: 'Clip', code: 'CLP' },
  promo: { label: 'Promo', code: 'PRO' },
  stereocard: { label: 'Stereo card', code: 'STR' },
  episode: { label: 'Episode', code: 'EPS' },
  highlights: { label: 'Highlights', code: 'HLT' },
  event: { label: 'Event', code: 'EVT' },
};

export function kindLabel(kind: string | null): string {
  return kind === null || kind === '' ? 'Unknown' : (KINDS[kind]?.label ?? kind);
}

const FORMATS: Record<string, string> = { smpte: 'SMPTE', interop: 'Interop', mixed: 'Mixed', imf: 'IMF' };

export function formatLabel(format: string | null): string {
  return format === null ? 'Unreadable' : (FORMATS[format] ?? format);
}

/** `2:04:31`, `1:30`, `0:04`: how long a show runs. */
export function runningTime(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

export function framesPerSecond(rate: Rate): number {
  return rate[0] / rate[1];
}

/** `01:58:24:12` (hours, minutes, seconds, frames) at `rate`, counted in whole frames a second. */
export function timecode(frames: number, rate: Rate): string {
  const perSecond = Math.max(1, Math.round(framesPerSecond(rate)));
  const seconds = Math.floor(frames / perSecond);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60, frames % perSecond];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** `24 fps`, `23.976 fps`. */
export function rateLabel(rate: Rate): string {
  const value = framesPerSecond(rate);
  return `${Number.isInteger(value) ? value : value.toFixed(3).replace(/0+$/, '')} fps`;
}

const CONTAINERS: Record<string, string> = {
  '1998x1080': 'Flat 2K',
  '2048x858': 'Scope 2K',
  '2048x1080': 'Full 2K',
  '3996x2160': 'Flat 4K',
  '4096x1716': 'Scope 4K',
  '4096x2160': 'Full 4K',
  '1920x1080': 'HD',
  '3840x2160': 'UHD',
};

/** `Flat 2K, 1998 × 1080`; sizes without a name are given alone. */
export function containerLabel([width, height]: readonly [number, number]): string {
  const name = CONTAINERS[`${width}x${height}`];
  return name === undefined ? `${width} × ${height}` : `${name}, ${width} × ${height}`;
}

const BEDS: Record<number, string> = { 1: 'Mono', 2: 'Stereo', 6: '5.1', 8: '7.1' };

/** `5.1`, `16 ch`, `Immersive` for a narrow column; null when nothing is known. */
export function soundShort(channels: number | null, immersive: boolean): string | null {
  if (immersive) return 'Immersive';
  return channels === null ? null : (BEDS[channels] ?? `${channels} ch`);
}

/** `5.1 (6 channels)`, `Stereo`, `16 channels`. */
export function channelsLabel(channels: number): string {
  const bed = BEDS[channels];
  const counted = plural(channels, 'channel');
  if (bed === undefined) return counted;
  return channels > 2 ? `${bed} (${counted})` : bed;
}

const names = new Intl.DisplayNames(undefined, { type: 'language', fallback: 'code' });

/** `French (Canada)` for `fr-CA`; text that is no tag stays as it is. */
export function languageName(tag: string): string {
  try {
    return names.of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** `en · sub fr, nl · cc en` for a narrow column; null when nothing is spoken or written. */
export function languagesShort({ sound, subtitle, closed_caption: caption }: Languages): string | null {
  const parts = [
    sound.join(', '),
    subtitle.length > 0 ? `sub ${subtitle.join(', ')}` : '',
    caption.length > 0 ? `cc ${caption.join(', ')}` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? null : parts.join(' · ');
}

/** The bytes of a base64 hash as hex, or null when it is no base64. */
export function hashHex(base64: string): string | null {
  try {
    return Array.from(atob(base64.trim()), (char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  } catch {
    return null;
  }
}

/** `1 reel`, `4 reels`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString()} ${count === 1 ? one : many}`;
}
