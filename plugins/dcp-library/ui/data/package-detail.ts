/** Shapes of `GET /dcps/{uuid}`. Rates are `[numerator, denominator]`, lengths are in edit units (frames). */
import type { Encryption, Languages, PackageState, PackageType, WirePackage } from './package-row';

export type Rate = readonly [number, number];

export type AssetState = 'unverified' | 'ok' | 'corrupt' | 'size-mismatch' | 'missing' | 'no-hash' | 'other-volume';

export interface Asset {
  id: string;
  kind: string;
  type: string;
  path: string | null;
  size_bytes: number;
  actual_size_bytes?: number | null;
  pkl_hash?: string | null;
  state: AssetState;
  verified_at?: string | null;
  /** What went wrong when it was hashed. */
  message?: string | null;
}

export interface PackingList {
  id: string;
  annotation?: string | null;
  issuer?: string | null;
  creator?: string | null;
  issue_date?: string | null;
  signed?: boolean;
  group_id?: string | null;
  file?: string | null;
  asset_ids?: readonly string[];
}

export interface ReelAsset {
  id: string;
  element: string;
  role?: string;
  edit_rate: Rate | null;
  entry_point: number;
  duration_frames: number;
  key_id?: string | null;
  language?: string | null;
  immersive?: boolean;
  in_package?: boolean;
}

export interface Marker {
  label: string;
  offset_frames: number;
}

export interface Reel {
  id: string | null;
  index: number;
  duration_frames: number;
  edit_rate: Rate | null;
  assets: readonly ReelAsset[];
  markers?: readonly Marker[];
}

/** The content title taken apart; absent fields are left out. */
export interface Naming {
  title?: string;
  type_code?: string;
  content_kind?: string;
  version?: number;
  frame_rate?: number;
  luminance?: string;
  modifiers?: readonly string[];
  aspect?: string;
  image_ratio?: string;
  audio_language?: string;
  subtitle_languages?: readonly string[];
  burnt_in_subtitles?: boolean;
  captions?: readonly string[];
  territory?: string;
  rating?: string;
  audio?: readonly string[];
  resolution?: string;
  studio?: string;
  date?: string;
  facility?: string;
  standard?: string;
  stereoscopic?: boolean;
  package_type?: PackageType;
  package_version?: number;
}

export interface Composition {
  id: string;
  content_title: string | null;
  annotation?: string | null;
  content_kind: string | null;
  standard: string | null;
  issuer?: string | null;
  creator?: string | null;
  edit_rate: Rate | null;
  frame_rate: Rate | null;
  duration_frames: number;
  duration_seconds: number;
  reels: readonly Reel[];
  resolution: readonly [number, number] | null;
  stereoscopic: boolean;
  encryption: Encryption;
  sound_channels: number | null;
  immersive_audio: boolean;
  languages: Languages;
  signed?: boolean;
  complete?: boolean;
  external_asset_ids?: readonly string[];
  naming?: Naming | null;
}

export type Severity = 'error' | 'warning' | 'note';

export interface Finding {
  code: string;
  severity: Severity;
  message: string;
  file?: string | null;
}

export interface PackageLink {
  id: string;
  package_name?: string | null;
  content_title?: string | null;
  state?: PackageState;
}

/** `originals` hold tracks this one lacks, `versions` lack tracks this one holds, `unresolved` is held by no package here. */
export interface PackageLinks {
  originals?: readonly PackageLink[];
  versions?: readonly PackageLink[];
  unresolved?: readonly string[];
}

export interface PackageLocation {
  server_id?: string | null;
  server_name?: string | null;
  mount?: string | null;
  path: string;
  state: PackageState;
}

export interface PackageDetail extends Omit<WirePackage, 'compositions'> {
  present_size_bytes?: number | null;
  compositions: readonly Composition[];
  assets: readonly Asset[];
  packing_lists: readonly PackingList[];
  findings: readonly Finding[];
  links?: PackageLinks | null;
  locations?: readonly PackageLocation[];
  foreign_files?: readonly string[];
}

/** The composition a package is shown under: the longest feature, else the longest; the first of equals. */
export function mainComposition(compositions: readonly Composition[]): Composition | null {
  const weight = (each: Composition) => (each.content_kind === 'feature' ? 1e12 : 0) + each.duration_seconds;
  return compositions.reduce<Composition | null>(
    (best, each) => (best === null || weight(each) > weight(best) ? each : best),
    null,
  );
}
