import { Bytes, CopyText, MiddleText, RelativeTime } from '@lamphouse/ui';
import type { Asset } from '../data/package-detail';
import { hashHex } from '../format';
import { t } from '../messages';
import { AssetIcon } from './asset-icon';
import { AssetState } from './asset-state';

const KINDS = {
  composition: 'assetKinds.composition',
  picture: 'assetKinds.picture',
  sound: 'assetKinds.sound',
  subtitle: 'assetKinds.subtitle',
  'closed-caption': 'assetKinds.captions',
  auxiliary: 'assetKinds.auxiliary',
  font: 'assetKinds.font',
  image: 'assetKinds.image',
  other: 'assetKinds.file',
} as const;

function kindOf(kind: string): string {
  return kind in KINDS ? t(KINDS[kind as keyof typeof KINDS]) : kind;
}

/** One asset: its file and size, then what is known about its bytes. */
export function AssetRow({ asset, hashing }: { asset: Asset; hashing: boolean }) {
  const hex = asset.pkl_hash ? hashHex(asset.pkl_hash) : null;
  const actual = asset.actual_size_bytes ?? null;
  return (
    <li className="dcpl-asset">
      <AssetIcon kind={asset.kind} />
      <div className="dcpl-asset-main">
        <div className="dcpl-asset-line">
          {asset.path === null ? (
            <span className="dcpl-muted">{t('panel.noUsablePath')}</span>
          ) : (
            <MiddleText text={asset.path} mono />
          )}
          <span className="dcpl-end">
            <Bytes value={asset.size_bytes} />
          </span>
        </div>
        <div className="dcpl-asset-line dcpl-small">
          <AssetState state={asset.state} hashing={hashing} />
          <span className="dcpl-muted" title={asset.type}>
            {kindOf(asset.kind)}
          </span>
          {asset.verified_at ? (
            <span className="dcpl-muted">
              <RelativeTime at={asset.verified_at} />
            </span>
          ) : null}
          {actual !== null && actual !== asset.size_bytes ? (
            <span className="dcpl-bad">
              <Bytes value={actual} /> {t('panel.here')}
            </span>
          ) : null}
          <span className="dcpl-end dcpl-hash">
            {hex ? <CopyText value={hex} label={t('panel.sha1Hash')} /> : null}
          </span>
        </div>
        {asset.message ? <p className="dcpl-small dcpl-bad">{asset.message}</p> : null}
      </div>
    </li>
  );
}
