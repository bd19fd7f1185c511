/** Assets under the packing list that names them. */
import type { Asset, PackageDetail, PackingList } from '../data/package-detail';

export interface AssetGroup {
  /** Null for assets that only the asset map names. */
  list: PackingList | null;
  assets: Asset[];
}

/** Every asset once, under the first list that names it. Lists that do not tell their assets share what is left with the first. */
export function assetGroups({ assets, packing_lists: packingLists }: PackageDetail): AssetGroup[] {
  const waiting = new Map(assets.map((asset) => [asset.id, asset]));
  const take = (id: string) => {
    const asset = waiting.get(id);
    waiting.delete(id);
    return asset === undefined ? [] : [asset];
  };
  const telling = packingLists.some((list) => list.asset_ids !== undefined);
  const groups: AssetGroup[] = packingLists.map((list) => ({ list, assets: (list.asset_ids ?? []).flatMap(take) }));
  if (!telling && groups[0] !== undefined) groups[0].assets = [...waiting.keys()].flatMap(take);
  if (waiting.size > 0) groups.push({ list: null, assets: [...waiting.values()] });
  return groups;
}

/** Whether what the host is hashing is this asset: it is named by id or by path. */
export function isHashing(asset: Asset, current: string | null): boolean {
  if (current === null) return false;
  return current === asset.id || (asset.path !== null && `/${current}`.endsWith(`/${asset.path}`));
}
