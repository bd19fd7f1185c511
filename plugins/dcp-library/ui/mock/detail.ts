/** The detail of an invented package: reels, assets, findings and links that fit its row. */
import type { KeyState, PackageKeys, RecipientKeys } from '../data/keys';
import type { Asset, AssetState, Composition, Finding, Naming, PackageDetail } from '../data/package-detail';
import type { PackageRow } from '../data/package-row';
import { Random } from './random';
import { makeReels, RATE } from './reels';

function seedOf(id: string): number {
  return Number.parseInt(id.slice(0, 8), 16);
}

function hash(random: Random): string {
  return btoa(String.fromCharCode(...Array.from({ length: 20 }, () => random.between(0, 255))));
}

/** What the generator wrote into the title, read back. */
function namingOf(title: string): Naming {
  const [
    name = '',
    type = '',
    aspect = '',
    languages = '',
    territory = '',
    audio = '',
    resolution = '',
    studio = '',
    date = '',
    facility = '',
    standard = '',
    pack = '',
  ] = title.split('_');
  const [spoken = '', written = ''] = languages.split('-');
  const [area = '', rating] = territory.split('-');
  return {
    title: name,
    type_code: type.slice(0, 3),
    content_kind:
      { FTR: 'feature', TLR: 'trailer', ADV: 'advertisement', SHR: 'short', POL: 'policy' }[type.slice(0, 3)] ??
      'feature',
    version: Number(type.split('-')[1]),
    stereoscopic: type.endsWith('3D'),
    aspect: aspect === 'F' ? 'flat' : 'scope',
    audio_language: spoken.toLowerCase(),
    subtitle_languages: written === 'XX' ? [] : [written.toLowerCase()],
    territory: area,
    ...(rating ? { rating } : {}),
    audio: audio.split('-'),
    resolution,
    studio,
    date: `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`,
    facility,
    standard: standard.startsWith('SMPTE') ? 'smpte' : 'interop',
    package_type: pack === 'VF' ? 'VF' : 'OV',
  };
}

function makeComposition(row: PackageRow, random: Random): Composition {
  const { reels, external } = makeReels(row, random);
  const wide = row.content_title?.includes('_S_') ?? false;
  const scale = row.resolution === '4K' ? 2 : 1;
  const size = wide ? ([2048 * scale, 858 * scale] as const) : ([1998 * scale, 1080 * scale] as const);
  return {
    id: random.uuid(),
    content_title: row.content_title,
    annotation: row.content_title,
    content_kind: row.content_kind,
    standard: row.format === 'mixed' ? 'interop' : row.format,
    issuer: row.issuer,
    creator: row.creator,
    edit_rate: RATE,
    frame_rate: row.stereoscopic ? [48, 1] : RATE,
    duration_frames: reels.reduce((sum, reel) => sum + reel.duration_frames, 0),
    duration_seconds: row.duration_seconds ?? 0,
    reels,
    resolution: size,
    stereoscopic: row.stereoscopic,
    encryption: row.encryption,
    sound_channels: row.sound_channels,
    immersive_audio: row.immersive_audio,
    languages: row.languages,
    signed: row.encryption !== 'none',
    complete: external.length === 0 && row.state === 'complete',
    external_asset_ids: external,
    naming: namingOf(row.content_title ?? ''),
  };
}

function stateOfAsset(row: PackageRow, place: number): AssetState {
  if (row.state === 'corrupt' && place === 2) return 'corrupt';
  if (row.state === 'incomplete' && place === 3) return 'missing';
  if (row.verified === 'ok' || row.verified === 'failed') return 'ok';
  return row.verified === 'partial' && place % 2 === 0 ? 'ok' : 'unverified';
}

function makeAssets(row: PackageRow, composition: Composition, random: Random): Asset[] {
  const external = new Set(composition.external_asset_ids);
  const tracks = composition.reels.flatMap((reel) => reel.assets).filter((asset) => !external.has(asset.id));
  const weight = (role = '') => (role === 'picture' ? 40 : role === 'sound' ? 3 : 0.4);
  const sum = tracks.reduce((total, track) => total + weight(track.role), 0);
  const list = [
    { id: composition.id, role: 'composition', file: `CPL_${composition.id}.xml`, type: 'text/xml', size: 14_211 },
  ].concat(
    tracks.map((track) => ({
      id: track.id,
      role: track.role ?? 'other',
      file: `${track.role?.slice(0, 3)}_${track.id}.mxf`,
      type: 'application/mxf',
      size: Math.round((row.total_size_bytes * weight(track.role)) / sum),
    })),
  );
  return list.map(({ id, role, file, type, size }, place): Asset => {
    const state = stateOfAsset(row, place);
    return {
      id,
      kind: role,
      type,
      path: file,
      size_bytes: size,
      ...(state === 'missing' ? {} : { actual_size_bytes: size }),
      pkl_hash: hash(random),
      state,
      verified_at: state === 'ok' || state === 'corrupt' ? row.last_verified : null,
    };
  });
}

function makeFindings(row: PackageRow, assets: readonly Asset[]): Finding[] {
  const findings: Finding[] = [];
  for (const asset of assets) {
    if (asset.state === 'corrupt') {
      findings.push({
        code: 'asset_damaged',
        severity: 'error',
        message: 'The file is not what its packing list says. Copy it again from the source and verify.',
        file: asset.path,
      });
    }
    if (asset.state === 'missing') {
      findings.push({
        code: 'asset_missing',
        severity: 'error',
        message: 'A listed file is not here. Copy it into the package folder.',
        file: asset.path,
      });
    }
  }
  if (row.format === 'mixed') {
    findings.push({
      code: 'dialect_mixed',
      severity: 'warning',
      message: 'Interop and SMPTE documents stand in one package; some servers refuse to ingest it.',
    });
  }
  if (row.format === 'interop' && row.content_title?.includes('SMPTE')) {
    findings.push({
      code: 'claim_differs',
      severity: 'warning',
      message: 'The title says SMPTE, the files are Interop.',
    });
  }
  if (row.encryption !== 'none')
    findings.push({
      code: 'signed',
      severity: 'note',
      message: 'Packing list and composition are signed.',
      file: assets[0]?.path ?? null,
    });
  return findings;
}

const DAY_MS = 86_400_000;

/** Messages that come to what the row says; a second device is worse off. */
function keysOf(row: PackageRow, composition: Composition): PackageKeys {
  const { state, at } = row.keys;
  if (state === 'not-needed') return { state, at, compositions: [] };
  const edge = Date.parse(at ?? '2026-01-01T00:00:00Z');
  const shift = (days: number) => new Date(edge + days * DAY_MS).toISOString();
  const begins = state === 'not-yet-valid' ? 0 : -7;
  const recipient = (name: string, is: KeyState, days: number): RecipientKeys => ({
    recipient: name,
    state: is,
    message_id: composition.id,
    not_valid_before: shift(begins + days),
    not_valid_after: shift(begins + days + 7),
    missing_key_ids: [],
  });
  const recipients =
    state === 'missing'
      ? []
      : [recipient('SM SPB.Example.Screen-1', state, 0), recipient('SM SPB.Example.Screen-2', 'expired', -900)];
  return { state, at, compositions: [{ composition_id: composition.id, state, at, recipients }] };
}

/** The answer of `GET /dcps/{uuid}` for this row; `others` are looked through for its original. */
export function detailOf(row: PackageRow, others: readonly PackageRow[]): PackageDetail {
  const random = new Random(seedOf(row.id));
  const composition = makeComposition(row, random);
  const assets = makeAssets(row, composition, random);
  const link = ({ id, package_name, content_title, state }: PackageRow) => ({ id, package_name, content_title, state });
  const title = (each: PackageRow) => each.content_title?.split('_')[0];
  const kin = others.filter(
    (each) => each.id !== row.id && each.content_kind === row.content_kind && title(each) === title(row),
  );
  const originals = row.package_type === 'VF' ? kin.filter((each) => each.package_type === 'OV').slice(0, 1) : [];
  const versions = row.package_type === 'OV' ? kin.filter((each) => each.package_type === 'VF').slice(0, 2) : [];
  return {
    ...row,
    keys: keysOf(row, composition),
    compositions: [composition],
    assets,
    packing_lists: [
      {
        id: random.uuid(),
        annotation: row.content_title,
        issuer: row.issuer,
        creator: row.creator,
        signed: row.encryption !== 'none',
        asset_ids: assets.map((asset) => asset.id),
      },
    ],
    findings: makeFindings(row, assets),
    links: {
      originals: originals.map((each) => ({ ...link(each), asset_ids: composition.external_asset_ids ?? [] })),
      versions: versions.map(link),
      unresolved: [],
    },
    locations: Array.from({ length: row.copies }, (_, place) => ({
      mount: row.mount,
      path: place === 0 ? (row.path ?? '') : `shelf/${row.path}`,
      state: row.state,
    })),
    foreign_files: row.has_errors ? ['.DS_Store'] : [],
  };
}
