/** Invented packages for the development page and the tests. */
import type { RowKeys } from '../data/keys';
import type { LibrarySummary } from '../data/library-summary';
import { OWN_SERVER, type PackageRow, type PackageState } from '../data/package-row';
import { Random } from './random';

/** Enough of them that the filter is searched. */
const ISSUERS = [
  'Alder',
  'Bright Row',
  'Copper Lane',
  'Delta',
  'Elm',
  'Fennel',
  'Garnet',
  'Hollow',
  'Iris',
  'Juniper',
].flatMap((name) => [`${name} Post`, `${name} Mastering, Inc.`]);

const FIRST = [
  'Silent',
  'Golden',
  'Last',
  'Winter',
  'Paper',
  'Distant',
  'Electric',
  'Hidden',
  'Northern',
  'Crimson',
  'Second',
  'Glass',
];
const SECOND = [
  'Harbour',
  'Letters',
  'Orchard',
  'Meridian',
  'Tide',
  'Garden',
  'Signal',
  'Valley',
  'Station',
  'Atlas',
  'Ember',
  'Choir',
];
const KINDS = [
  { kind: 'feature', code: 'FTR', share: 0.4, minutes: [82, 164], gigabytes: [95, 310] },
  { kind: 'trailer', code: 'TLR', share: 0.35, minutes: [1, 3], gigabytes: [1, 5] },
  { kind: 'advertisement', code: 'ADV', share: 0.12, minutes: [0, 1], gigabytes: [0, 2] },
  { kind: 'short', code: 'SHR', share: 0.08, minutes: [5, 28], gigabytes: [8, 40] },
  { kind: 'policy', code: 'POL', share: 0.05, minutes: [0, 1], gigabytes: [0, 1] },
] as const;
const STATES: readonly [PackageState, number][] = [
  ['incomplete', 0.03],
  ['corrupt', 0.012],
  ['incoming', 0.004],
  ['unreachable', 0.015],
];
const STUDIOS = ['ALR', 'BNV', 'CRT', 'DLM', 'EVN'];
const LANGUAGES = [
  ['en', 'EN'],
  ['fr', 'FR'],
  ['de', 'DE'],
  ['nl', 'NL'],
  ['ja', 'JA'],
] as const;
const DAY_MS = 86_400_000;

/** A library of `count` packages as of `nowMs`. */
export function makePackages(count: number, nowMs: number): PackageRow[] {
  const random = new Random(7);
  return Array.from({ length: count }, () => makePackage(random, nowMs));
}

function stateOf(random: Random): PackageState {
  let left = random.next();
  for (const [state, share] of STATES) {
    if (left < share) return state;
    left -= share;
  }
  return 'complete';
}

function kindOf(random: Random): (typeof KINDS)[number] {
  let left = random.next();
  for (const kind of KINDS) {
    if (left < kind.share) return kind;
    left -= kind.share;
  }
  return KINDS[0];
}

const HOUR_MS = 3_600_000;
const KEYS = [
  ['missing', null],
  ['expired', -40],
  ['not-yet-valid', 60],
  ['expires-soon', 36],
  ['valid', 240],
  ['valid', 400],
] as const;

/** Keys for every title that needs them, told by its name: nothing random, so that the other facts stay as they were. */
function keysOf(encryption: string, title: string, nowMs: number): RowKeys {
  if (encryption === 'none') return { state: 'not-needed', at: null };
  const [state, hours] = KEYS[title.length % KEYS.length] ?? KEYS[0];
  return { state, at: hours === null ? null : new Date(nowMs + hours * HOUR_MS).toISOString() };
}

function makePackage(random: Random, nowMs: number): PackageRow {
  const { kind, code, minutes, gigabytes } = kindOf(random);
  const state = stateOf(random);
  const title = random.pick(FIRST) + random.pick(SECOND);
  const fourK = random.chance(0.22);
  const smpte = random.chance(0.8);
  const stereoscopic = kind === 'feature' && random.chance(0.12);
  const isVersion = kind === 'feature' && random.chance(0.2);
  const immersive = kind === 'feature' && random.chance(0.2);
  const channels = random.pick([6, 6, 8, 16]);
  const sound = random.pick(LANGUAGES);
  const subtitle = random.chance(0.4) ? random.pick(LANGUAGES) : null;
  const date = new Date(nowMs - random.between(1, 900) * DAY_MS);
  const stamp = date.toISOString().slice(0, 10).replaceAll('-', '');
  const picture = stereoscopic ? '3D' : '2D';
  const audio = `${channels === 6 ? '51' : '71'}${immersive ? '-ATMOS' : ''}`;
  const name = [
    title,
    `${code}-${random.between(1, 4)}-${picture}`,
    random.pick(['F', 'S']),
    `${sound[1]}-${subtitle?.[1] ?? 'XX'}`,
    random.pick(['INT', 'GB', 'DE', 'NL', 'US-PG']),
    audio,
    fourK ? '4K' : '2K',
    random.pick(STUDIOS),
    stamp,
    random.pick(['DTB', 'QRV', 'LNT']),
    `${smpte ? 'SMPTE' : 'IOP'}${stereoscopic ? '-3D' : ''}`,
    isVersion ? 'VF' : 'OV',
  ].join('_');
  const verified = state === 'corrupt' ? 'failed' : random.pick(['ok', 'ok', 'none', 'none', 'partial'] as const);
  const mount = random.chance(0.75) ? 'library' : 'library-archive';
  const row: Omit<PackageRow, 'keys'> = {
    id: random.uuid(),
    assetmap_uuid: random.uuid(),
    package_name: random.chance(0.6) ? name : `${title}_${code}_${random.between(1000, 9999)}`,
    content_title: name,
    content_kind: kind,
    issue_date: date.toISOString(),
    issuer: random.pick(ISSUERS),
    creator: random.pick(['Reelmaker 4.2', 'OpenMaster 1.9']),
    volume_count: 1,
    total_size_bytes: isVersion
      ? random.between(2e8, 9e9)
      : random.between(gigabytes[0] * 1e9 + 2e8, gigabytes[1] * 1e9),
    file_count: random.between(6, 22),
    discovered_at: new Date(nowMs - Math.floor(random.next() ** 2 * 400 * DAY_MS)).toISOString(),
    last_verified: verified === 'none' ? null : new Date(nowMs - random.between(1, 90) * DAY_MS).toISOString(),
    state,
    format: smpte ? 'smpte' : random.chance(0.95) ? 'interop' : 'mixed',
    verified,
    encryption: kind === 'feature' ? random.pick(['full', 'full', 'none', 'partial'] as const) : 'none',
    compositions: 1,
    has_errors: state === 'corrupt' || random.chance(0.01),
    package_type: isVersion ? 'VF' : 'OV',
    resolution: fourK ? '4K' : '2K',
    stereoscopic,
    sound_channels: channels,
    immersive_audio: immersive,
    duration_seconds: random.between(minutes[0] * 60 + 10, minutes[1] * 60),
    languages: { sound: [sound[0]], subtitle: subtitle ? [subtitle[0]] : [], closed_caption: immersive ? ['en'] : [] },
    mount,
    path: name,
    tags: title.startsWith('Golden') ? ['festival', ...(immersive ? ['premiere'] : [])] : [],
    note: title === 'GoldenSignal' ? 'The director asked for the 4K version at the premiere.' : '',
    copies: title.endsWith('Choir') ? 2 : 1,
    servers: title.endsWith('Choir') ? [OWN_SERVER, { id: 'harbour', name: 'Harbour' }] : [OWN_SERVER],
  };
  return { ...row, keys: keysOf(row.encryption, title, nowMs) };
}

function tally(rows: readonly PackageRow[], of: (row: PackageRow) => string | null): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[of(row) ?? 'unknown'] = (counts[of(row) ?? 'unknown'] ?? 0) + 1;
  return counts;
}

export function summaryOf(rows: readonly PackageRow[], nowMs: number): LibrarySummary {
  const at = (name: string) => rows.filter((row) => row.mount === name).length;
  const mount = (name: string) => ({ name, online: true, granted: true, reason: null, packages: at(name) });
  return {
    packages: rows.length,
    total_size_bytes: rows.reduce((sum, row) => sum + row.total_size_bytes, 0),
    by_state: tally(rows, (row) => row.state),
    by_kind: tally(rows, (row) => row.content_kind),
    by_format: tally(rows, (row) => row.format),
    mounts: [mount('library'), mount('library-archive')],
    last_scan_at: new Date(nowMs - 190_000).toISOString(),
    scanning: false,
  };
}
