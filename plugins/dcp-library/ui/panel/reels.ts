/** The reels of a composition as lanes of tracks over time. */

import type { Composition, Reel, ReelAsset } from '../data/package-detail';
import { t } from '../messages';

export type LaneKind = 'picture' | 'sound' | 'subtitle' | 'caption' | 'auxiliary';

export interface Segment {
  key: string;
  assetId: string;
  reel: number;
  /** Place on the time line, 0 to 1. */
  start: number;
  /** Share of the time line, 0 to 1. */
  share: number;
  encrypted: boolean;
  /** The track belongs to another package. */
  external: boolean;
  language: string | null;
}

export interface Lane {
  key: string;
  kind: LaneKind;
  label: string;
  segments: Segment[];
}

const LABELS: Record<LaneKind, string> = {
  get picture() {
    return t('panel.picture');
  },
  get sound() {
    return t('panel.sound');
  },
  get subtitle() {
    return t('panel.subtitles3');
  },
  get caption() {
    return t('panel.captions2');
  },
  get auxiliary() {
    return t('panel.extra');
  },
};

const ORDER: LaneKind[] = ['picture', 'sound', 'subtitle', 'caption', 'auxiliary'];

/** The lane of an element; null for what has no file. */
export function laneOf(asset: Pick<ReelAsset, 'element' | 'role' | 'in_package'>): LaneKind | null {
  const name = (asset.role ?? asset.element).toLowerCase();
  if (name.includes('marker') || name.includes('metadata')) return null;
  if (name.includes('picture')) return 'picture';
  if (name.includes('sound')) return 'sound';
  if (name.includes('caption') || name === 'closedsubtitle') return 'caption';
  if (name.includes('subtitle')) return 'subtitle';
  if (name.includes('aux')) return 'auxiliary';
  return asset.in_package ? 'auxiliary' : null;
}

/** What a track is, in words. */
export function trackName(track: ReelAsset): string {
  if (track.immersive) return t('panel.immersive');
  if (track.element === 'MainStereoscopicPicture') return t('panel.n3dPicture');
  const kind = laneOf(track);
  return kind === null ? track.element : LABELS[kind];
}

export function reelSeconds(reel: Reel): number {
  const rate = reel.edit_rate;
  return rate === null ? 0 : (reel.duration_frames * rate[1]) / rate[0];
}

/** Shares of the reels, summing to 1; equal ones when no length is known. */
export function reelShares(reels: readonly Reel[]): number[] {
  const seconds = reels.map(reelSeconds);
  const sum = seconds.reduce((total, each) => total + each, 0);
  return sum > 0 ? seconds.map((each) => each / sum) : reels.map(() => 1 / reels.length);
}

/** A lane per use; a second track of one use in a reel (captions in two languages) opens a further lane. */
export function lanes({ reels, external_asset_ids: outside = [] }: Composition): Lane[] {
  const shares = reelShares(reels);
  const external = new Set(outside);
  const found = new Map<string, Lane>();
  let start = 0;
  for (const [at, reel] of reels.entries()) {
    const share = shares[at] ?? 0;
    const used = new Map<LaneKind, number>();
    for (const [place, asset] of reel.assets.entries()) {
      const kind = laneOf(asset);
      if (kind === null) continue;
      const depth = used.get(kind) ?? 0;
      used.set(kind, depth + 1);
      const key = `${kind}-${depth}`;
      const lane = found.get(key) ?? {
        key,
        kind,
        label: asset.immersive ? t('panel.immersive') : LABELS[kind],
        segments: [],
      };
      found.set(key, lane);
      lane.segments.push({
        key: `${at}-${place}`,
        assetId: asset.id,
        reel: reel.index,
        start,
        share,
        encrypted: Boolean(asset.key_id),
        external: external.has(asset.id),
        language: asset.language ?? null,
      });
    }
    start += share;
  }
  const rank = (lane: Lane) => ORDER.indexOf(lane.kind);
  return [...found.values()].sort((a, b) => rank(a) - rank(b) || a.key.localeCompare(b.key));
}

export interface MarkerPoint {
  key: string;
  label: string;
  reel: number;
  offsetFrames: number;
  at: number;
}

/** Markers along the time line. */
export function markerPoints({ reels }: Composition): MarkerPoint[] {
  const shares = reelShares(reels);
  let start = 0;
  return reels.flatMap((reel, place) => {
    const share = shares[place] ?? 0;
    const from = start;
    start += share;
    const length = Math.max(1, reel.duration_frames);
    return (reel.markers ?? []).map(({ label, offset_frames: offsetFrames }) => ({
      key: `${place}-${label}-${offsetFrames}`,
      label,
      reel: reel.index,
      offsetFrames,
      at: from + share * Math.min(1, offsetFrames / length),
    }));
  });
}
