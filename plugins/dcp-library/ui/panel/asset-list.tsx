import { Button } from '@lamphouse/ui';
import { useState } from 'react';
import type { Asset } from '../data/package-detail';
import { t } from '../messages';
import { isHashing } from './asset-groups';
import { AssetRow } from './asset-row';

/** Interop subtitles may bring thousands of images; this many are drawn at a time. */
const STEP = 100;

export function AssetList({ assets, hashing }: { assets: readonly Asset[]; hashing: string | null }) {
  const [limit, setLimit] = useState(STEP);
  const left = assets.length - limit;
  return (
    <>
      <ul className="dcpl-assets">
        {assets.slice(0, limit).map((asset) => (
          <AssetRow key={asset.id} asset={asset} hashing={isHashing(asset, hashing)} />
        ))}
      </ul>
      {left > 0 ? (
        <Button variant="ghost" size="small" onClick={() => setLimit(limit + STEP)}>
          {t('panel.showOf', { count: Math.min(left, STEP), left })}
        </Button>
      ) : null}
    </>
  );
}
