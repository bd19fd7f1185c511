/** Where the tracks that a composition plays are: in the package itself, in another one, or nowhere here. */
import type { Asset, PackageDetail, PackageLink, ReelAsset } from '../data/package-detail';

export interface TrackPlace {
  /** The asset of this package; null when the track comes from elsewhere. */
  asset: Asset | null;
  /** The package that has it when this one has not; null when none here is known to. */
  holder: PackageLink | null;
}

export type TrackFinder = (track: Pick<ReelAsset, 'id'>) => TrackPlace;

export function trackFinder({ assets, links }: Pick<PackageDetail, 'assets' | 'links'>): TrackFinder {
  const own = new Map(assets.map((asset) => [asset.id, asset]));
  const held = new Map(
    (links?.originals ?? []).flatMap((link) => (link.asset_ids ?? []).map((id) => [id, link] as const)),
  );
  return ({ id }) => {
    const asset = own.get(id) ?? null;
    return { asset, holder: asset === null ? (held.get(id) ?? null) : null };
  };
}
