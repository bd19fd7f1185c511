import { CopyText, Status } from '@lamphouse/ui';
import { Lock } from 'lucide-react';
import type { ReelAsset } from '../data/package-detail';
import { languageName, timecode } from '../format';
import { t } from '../messages';
import { isHashing } from './asset-groups';
import { AssetIcon } from './asset-icon';
import { AssetState } from './asset-state';
import { trackName } from './reels';
import type { TrackPlace } from './tracks';

export interface TrackRowProps {
  track: ReelAsset;
  place: TrackPlace;
  hashing: string | null;
  onOpen: (id: string) => void;
}

/** One track of a reel: what it is and how long it plays, its state or where it comes from, its ids. */
export function TrackRow({ track, place, hashing, onOpen }: TrackRowProps) {
  const { edit_rate: rate, duration_frames: frames, entry_point: entry, key_id: key } = track;
  const length = (count: number) => (rate === null ? t('counts.frames', { count }) : timecode(count, rate));
  return (
    <li className="dcpl-asset">
      <AssetIcon kind={track.role ?? 'other'} />
      <div className="dcpl-asset-main">
        <div className="dcpl-asset-line">
          <span title={track.element}>
            {trackName(track)}
            {track.language ? <span className="dcpl-muted"> {languageName(track.language)}</span> : null}
          </span>
          <span className="dcpl-end">{length(frames)}</span>
        </div>
        <div className="dcpl-asset-line dcpl-small">
          {place.asset === null ? (
            <Elsewhere place={place} onOpen={onOpen} />
          ) : (
            <AssetState state={place.asset.state} hashing={isHashing(place.asset, hashing)} />
          )}
          <span className="dcpl-muted dcpl-end">{t('assetTree.entryPoint', { at: length(entry) })}</span>
        </div>
        <div className="dcpl-asset-line dcpl-small dcpl-track-ids">
          <CopyText value={track.id} label={t('assetTree.trackId')} />
          {key ? (
            <span className="dcpl-line" title={t('assetTree.encryptedWith', { key })}>
              <Lock size={12} role="img" aria-label={t('panel.encrypted')} />
              <CopyText value={key} label={t('assetTree.keyId')} />
            </span>
          ) : null}
        </div>
      </div>
    </li>
  );
}

/** A track that another package has, with the way there, or that none here has. */
function Elsewhere({ place: { holder }, onOpen }: Pick<TrackRowProps, 'place' | 'onOpen'>) {
  if (holder === null) return <Status state="warn" label={t('assetTree.nowhere')} />;
  return (
    <>
      <Status state="paused" label={t('panel.otherPackage')} />
      <button type="button" className="dcpl-inline-link" onClick={() => onOpen(holder.id)}>
        {holder.content_title || holder.package_name || holder.id}
      </button>
    </>
  );
}
