/** One package as the list shows it, and how the host's answers become one. */
import { type RowKeys, toRowKeys } from './keys';

export type PackageState = 'complete' | 'incomplete' | 'incoming' | 'corrupt' | 'unreachable';
export type Verified = 'none' | 'ok' | 'failed' | 'partial';
export type Encryption = 'none' | 'partial' | 'full';
export type PackageType = 'OV' | 'VF';

/** Language tags by use. */
export interface Languages {
  sound: readonly string[];
  subtitle: readonly string[];
  closed_caption: readonly string[];
}

/** Sizes in bytes, times RFC 3339 UTC, `duration_seconds` of the main composition. */
export interface PackageRow {
  id: string;
  assetmap_uuid: string | null;
  package_name: string;
  content_title: string | null;
  content_kind: string | null;
  issue_date: string | null;
  issuer: string | null;
  creator: string | null;
  volume_count: number;
  total_size_bytes: number;
  file_count: number;
  discovered_at: string;
  last_verified: string | null;
  state: PackageState;
  format: string | null;
  verified: Verified;
  encryption: Encryption;
  keys: RowKeys;
  /** How many compositions it holds. */
  compositions: number;
  has_errors: boolean;
  package_type: PackageType | null;
  resolution: string | null;
  stereoscopic: boolean;
  sound_channels: number | null;
  immersive_audio: boolean;
  duration_seconds: number | null;
  languages: Languages;
  mount: string | null;
  path: string | null;
  tags: readonly string[];
  note: string;
  /** At how many places it lies. */
  copies: number;
  /** Servers that have it. */
  servers: readonly ServerRef[];
}

export interface ServerRef {
  id: string;
  name: string;
}

/** This server until it has a name in a network. */
export const OWN_SERVER: ServerRef = { id: 'local', name: '' };

export const serverIds = (row: PackageRow) => row.servers.map(({ id }) => id);

/** A row of `GET /dcps`, or the detail of `GET /dcps/{uuid}`, which holds the same fields and a list of compositions. */
export type WirePackage = Omit<Partial<PackageRow>, 'id' | 'compositions' | 'languages'> & {
  id: string;
  compositions?: number | readonly unknown[];
  languages?: Partial<Languages> | null;
};

const STATES: readonly string[] = ['complete', 'incomplete', 'incoming', 'corrupt', 'unreachable'];

/** The state by its word; a word of a newer host is shown as unreachable. */
export function stateOf(state: string | undefined): PackageState {
  return state !== undefined && STATES.includes(state) ? (state as PackageState) : 'unreachable';
}

/** The row of a package; what the host left out is filled with what is safe to show. */
export function toRow(wire: WirePackage): PackageRow {
  const { compositions, languages } = wire;
  return {
    id: wire.id,
    assetmap_uuid: wire.assetmap_uuid || null,
    package_name: wire.package_name ?? wire.id,
    content_title: wire.content_title ?? null,
    content_kind: wire.content_kind || null,
    issue_date: wire.issue_date ?? null,
    issuer: wire.issuer || null,
    creator: wire.creator ?? null,
    volume_count: wire.volume_count ?? 1,
    total_size_bytes: wire.total_size_bytes ?? 0,
    file_count: wire.file_count ?? 0,
    discovered_at: wire.discovered_at ?? '',
    last_verified: wire.last_verified ?? null,
    state: stateOf(wire.state),
    format: wire.format ?? null,
    verified: wire.verified ?? 'none',
    encryption: wire.encryption ?? 'none',
    keys: toRowKeys(wire.keys),
    compositions: typeof compositions === 'number' ? compositions : (compositions?.length ?? 0),
    has_errors: wire.has_errors ?? false,
    package_type: wire.package_type ?? null,
    resolution: wire.resolution ?? null,
    stereoscopic: wire.stereoscopic ?? false,
    sound_channels: wire.sound_channels ?? null,
    immersive_audio: wire.immersive_audio ?? false,
    duration_seconds: wire.duration_seconds ?? null,
    languages: {
      sound: languages?.sound ?? [],
      subtitle: languages?.subtitle ?? [],
      closed_caption: languages?.closed_caption ?? [],
    },
    mount: wire.mount ?? null,
    path: wire.path ?? null,
    tags: wire.tags ?? [],
    note: wire.note ?? '',
    copies: wire.copies ?? 1,
    servers: wire.servers ?? [OWN_SERVER],
  };
}

/** The name a person knows it by: the content title, else the folder. */
export function titleOf(row: Pick<PackageRow, 'content_title' | 'package_name'>): string {
  return row.content_title || row.package_name;
}
