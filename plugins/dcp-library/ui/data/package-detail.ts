/** Shapes of `GET /dcps/{uuid}`. Rates are `[numerator, denominator]`, lengths are in edit units (frames). */
import type { PackageKeys } from './keys';
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
  /** Free text of the packing list; absent when it only repeats the id. */
  annotation?: string;
  /** Name the file once had; absent when it still has it. */
  original_file_name?: string;
  /** Key of an encrypted track. */
  key_id?: string;
  language?: string;
  /** What the track file says of itself; absent for files whose header was not read. */
  track?: TrackHeader;
  /** What went wrong when it was hashed. */
  message?: string | null;
}

/** Facts out of the header of a track file. */
export interface TrackHeader {
  asset_id?: string;
  essence?: 'jpeg2000' | 'mpeg2' | 'pcm' | 'timed-text' | 'atmos' | 'iab' | 'data';
  encrypted: boolean;
  key_id?: string;
  stereoscopic?: boolean;
  stored_size?: readonly [number, number];
  aspect_ratio?: Rate;
  is_4k?: boolean;
  channels?: number;
  sample_bits?: number;
  block_align?: number;
  sampling_rate?: Rate;
  /** Label of the sound field, such as `sg51`. */
  soundfield?: string;
  channel_labels?: readonly { channel: number | null; symbol: string }[];
  sample_rate?: Rate;
  edit_rate?: Rate;
  container_duration?: number;
  text_namespace?: string;
  text_languages?: readonly string[];
  text_resources?: number;
  atmos?: { version: number | null; channels: number | null; objects: number | null };
  company?: string;
  product?: string;
  product_version?: string;
  interop_labels: boolean;
  closed_complete: boolean;
}

export interface PackingList {
  id: string;
  annotation?: string | null;
  issuer?: string | null;
  creator?: string | null;
  issue_date?: string | null;
  signed?: boolean;
  /** Who signed, as the signature names the certificate; not checked. */
  signer?: string;
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
  intrinsic_duration_frames?: number | null;
  key_id?: string | null;
  hash?: string;
  frame_rate?: Rate;
  screen_aspect_ratio?: string;
  language?: string | null;
  data_type?: string;
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

/** A profile or technology a composition claims in its metadata or its title. */
export type Feature =
  | 'bv21'
  | 'iab-profile'
  | 'dolby-vision'
  | 'hdr'
  | 'eclair-color'
  | 'dbox'
  | 'sign-language-video'
  | 'epiq'
  | 'infinity-vision'
  | 'eidr';

/** The content title taken apart; absent fields are left out. */
export interface Naming {
  title?: string;
  imax?: boolean;
  type_code?: string;
  content_kind?: string;
  version?: number;
  frame_rate?: number;
  luminance?: string;
  modifiers?: readonly string[];
  /** `temp`, `pre` or `final`. */
  version_status?: string;
  features?: readonly Feature[];
  aspect?: string;
  image_ratio?: string;
  audio_language?: string;
  subtitle_languages?: readonly string[];
  burnt_in_subtitles?: boolean;
  captions?: readonly string[];
  territory?: string;
  /** Country code (`GB` for `UK`) or area code (`001` for `INT`). */
  region?: string;
  /** Whether an international version has texts in the picture. */
  texted?: boolean;
  rating?: string;
  sound_channels?: number;
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

/** What the channels of the main sound carry; null for a silent channel or one not told. */
export interface SoundLayout {
  soundfield: string | null;
  channels: readonly (string | null)[];
  source: 'metadata' | 'mxf';
}

export interface ContentVersion {
  id: string | null;
  label: string | null;
}

/** Extended metadata of a composition (ST 429-16), values as written. */
export interface Metadata {
  full_content_title: string | null;
  release_territory: string | null;
  release_territory_scope?: string;
  version_number: string | null;
  version_status: string | null;
  chain: string | null;
  distributor: string | null;
  facility: string | null;
  luminance: string | null;
  luminance_units: string | null;
  sound_configuration: string | null;
  sound_sample_rate: Rate | null;
  stored_area: readonly [number, number] | null;
  active_area: readonly [number, number] | null;
  subtitle_languages: readonly string[];
  alternate_versions?: readonly ContentVersion[];
  sound_labels?: readonly { symbol: string; name?: string; channel?: number; language?: string }[];
  extensions: readonly {
    scope: string | null;
    name: string | null;
    properties: readonly { name: string | null; value: string | null }[];
  }[];
}

export interface Composition {
  id: string;
  content_title: string | null;
  annotation?: string | null;
  content_kind: string | null;
  kind_scope?: string;
  standard: string | null;
  issuer?: string | null;
  creator?: string | null;
  issue_date?: string | null;
  edit_rate: Rate | null;
  frame_rate: Rate | null;
  /** 48 frames a second and more, for each eye in 3D. */
  high_frame_rate?: boolean;
  duration_frames: number;
  duration_seconds: number;
  reels: readonly Reel[];
  resolution: readonly [number, number] | null;
  resolution_source?: 'mxf' | 'metadata' | 'screen_aspect_ratio' | null;
  stereoscopic: boolean;
  encryption: Encryption;
  sound_channels: number | null;
  sound_layout?: SoundLayout;
  immersive_audio: boolean;
  immersive_format?: 'atmos' | 'iab';
  languages: Languages;
  signed?: boolean;
  /** Who signed, as the signature names the certificate; not checked. */
  signer?: string;
  complete?: boolean;
  external_asset_ids?: readonly string[];
  missing_asset_ids?: readonly string[];
  naming?: Naming | null;
  /** The document, relative to the package folder. */
  file?: string;
  content_versions?: readonly ContentVersion[];
  ratings?: readonly { agency: string | null; label: string | null }[];
  features?: readonly Feature[];
  /** Seconds from the start to the end credits. */
  end_credits_seconds?: number;
  metadata?: Metadata;
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
  /** Of `originals` and `versions`: the tracks that link them. */
  asset_ids?: readonly string[];
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
  keys?: PackageKeys;
  /** Free text of the asset map. */
  annotation?: string;
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
