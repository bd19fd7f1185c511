/** Reels of an invented composition that fit its row. */
import type { Reel, ReelAsset } from '../data/package-detail';
import type { PackageRow } from '../data/package-row';
import type { Random } from './random';

export const RATE = [24, 1] as const;
const REEL_SECONDS = 1150;

/** The reels, and the ids of the tracks that a version file takes from its original. */
export function makeReels(row: PackageRow, random: Random): { reels: Reel[]; external: string[] } {
  const frames = Math.round((row.duration_seconds ?? 0) * RATE[0]);
  const count = Math.max(1, Math.round((row.duration_seconds ?? 0) / REEL_SECONDS));
  const external: string[] = [];
  const reels = Array.from({ length: count }, (_, at): Reel => {
    const even = Math.floor(frames / count);
    const duration =
      at === count - 1 ? frames - even * (count - 1) : even + (at % 2 === 0 ? 700 : -700) * (count > 2 ? 1 : 0);
    const track = (element: string, role: string, language?: string): ReelAsset => ({
      id: random.uuid(),
      element,
      role,
      edit_rate: RATE,
      entry_point: 0,
      duration_frames: duration,
      in_package: true,
      ...(row.encryption === 'full' || (row.encryption === 'partial' && role === 'picture')
        ? { key_id: random.uuid() }
        : {}),
      ...(language ? { language } : {}),
    });
    const picture = track(row.stereoscopic ? 'MainStereoscopicPicture' : 'MainPicture', 'picture');
    if (row.package_type === 'VF') external.push(picture.id);
    const assets = [picture, track('MainSound', 'sound', row.languages.sound[0])];
    if (row.languages.subtitle[0]) assets.push(track('MainSubtitle', 'subtitle', row.languages.subtitle[0]));
    if (row.languages.closed_caption[0])
      assets.push(track('ClosedCaption', 'closed-caption', row.languages.closed_caption[0]));
    if (row.immersive_audio) assets.push({ ...track('AuxData', 'auxiliary'), immersive: true });
    const last = at === count - 1;
    const markers = [
      ...(at === 0 ? [{ label: 'FFOC', offset_frames: 0 }] : []),
      ...(last && row.content_kind === 'feature'
        ? [{ label: 'FFEC', offset_frames: Math.floor(duration * 0.82) }]
        : []),
      ...(last ? [{ label: 'LFOC', offset_frames: duration - 1 }] : []),
    ];
    return { id: random.uuid(), index: at + 1, duration_frames: duration, edit_rate: RATE, assets, markers };
  });
  return { reels, external };
}
