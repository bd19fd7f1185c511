/** Facts of packages in words. Pure functions; unknown values stay as they are. */

import { type Language, language } from '@lamphouse/sdk';
import { formatNumber } from '@lamphouse/ui';
import type { Rate } from './data/package-detail';
import type { Languages } from './data/package-row';
import { t } from './messages';

/** Content kinds the standards define: what people call them and the code of the naming convention. */
const KINDS: Record<string, { label: string; code: string }> = {
  feature: {
    get label() {
      return t('library.feature');
    },
    code: 'FTR',
  },
  trailer: {
    get label() {
      return t('library.trailer');
    },
    code: 'TLR',
  },
  teaser: {
    get label() {
      return t('library.teaser');
    },
    code: 'TSR',
  },
  test: {
    get label() {
      return t('library.test');
    },
    code: 'TST',
  },
  rating: {
    get label() {
      return t('library.ratingCard');
    },
    code: 'RTG',
  },
  advertisement: {
    get label() {
      return t('library.advert');
    },
    code: 'ADV',
  },
  short: {
    get label() {
      return t('library.short');
    },
    code: 'SHR',
  },
  transitional: {
    get label() {
      return t('library.transitional');
    },
    code: 'XSN',
  },
  psa: { label: 'PSA', code: 'PSA' },
  policy: {
    get label() {
      return t('library.policy');
    },
    code: 'POL',
  },
  clip: {
    get label() {
      return t('library.clip');
    },
    code: 'CLP',
  },
  promo: {
    get label() {
      return t('library.promo');
    },
    code: 'PRO',
  },
  stereocard: {
    get label() {
      return t('library.stereoCard');
    },
    code: 'STR',
  },
  episode: {
    get label() {
      return t('library.episode');
    },
    code: 'EPS',
  },
  highlights: {
    get label() {
      return t('library.highlights');
    },
    code: 'HLT',
  },
  event: {
    get label() {
      return t('library.event');
    },
    code: 'EVT',
  },
};

export function kindLabel(kind: string | null): string {
  return kind === null || kind === '' ? t('library.unknown') : (KINDS[kind]?.label ?? kind);
}

const FORMATS: Record<string, string> = {
  smpte: 'SMPTE',
  interop: 'Interop',
  get mixed() {
    return t('library.mixed');
  },
  imf: 'IMF',
};

export function formatLabel(format: string | null): string {
  return format === null ? t('library.unreadable') : (FORMATS[format] ?? format);
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
  return t('library.fps', { rate: formatNumber(value, 3) });
}

const CONTAINERS: Record<string, string> = {
  get '1998x1080'() {
    return t('library.flat2k');
  },
  get '2048x858'() {
    return t('library.scope2k');
  },
  get '2048x1080'() {
    return t('library.full2k');
  },
  get '3996x2160'() {
    return t('library.flat4k');
  },
  get '4096x1716'() {
    return t('library.scope4k');
  },
  get '4096x2160'() {
    return t('library.full4k');
  },
  '1920x1080': 'HD',
  '3840x2160': 'UHD',
};

/** `Flat 2K, 1998 × 1080`; sizes without a name are given alone. */
export function containerLabel([width, height]: readonly [number, number]): string {
  const name = CONTAINERS[`${width}x${height}`];
  return name === undefined ? `${width} × ${height}` : `${name}, ${width} × ${height}`;
}

const BEDS: Record<number, string> = {
  get 1() {
    return t('library.mono');
  },
  get 2() {
    return t('library.stereo');
  },
  6: '5.1',
  8: '7.1',
};

/** `5.1`, `16 ch`, `Immersive` for a narrow column; null when nothing is known. */
export function soundShort(channels: number | null, immersive: boolean): string | null {
  if (immersive) return t('library.immersive');
  return channels === null ? null : (BEDS[channels] ?? t('library.ch', { channels }));
}

/** `5.1 (6 channels)`, `Stereo`, `16 channels`. */
export function channelsLabel(channels: number): string {
  const bed = BEDS[channels];
  const counted = t('counts.channels', { count: channels });
  if (bed === undefined) return counted;
  return channels > 2 ? `${bed} (${counted})` : bed;
}

const names = new Map<Language, Intl.DisplayNames>();

function languageNames(): Intl.DisplayNames {
  const known = names.get(language()) ?? new Intl.DisplayNames(language(), { type: 'language', fallback: 'code' });
  names.set(language(), known);
  return known;
}

/** `French (Canada)` for `fr-CA`; text that is no tag stays as it is. */
export function languageName(tag: string): string {
  try {
    return languageNames().of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** `en · sub fr, nl · cc en` for a narrow column; null when nothing is spoken or written. */
export function languagesShort({ sound, subtitle, closed_caption: caption }: Languages): string | null {
  const parts = [
    sound.join(', '),
    subtitle.length > 0 ? t('library.sub', { languages: subtitle.join(', ') }) : '',
    caption.length > 0 ? t('library.cc', { languages: caption.join(', ') }) : '',
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
