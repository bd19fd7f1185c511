import type { Composition, ReelAsset } from '../data/package-detail';
import { rateLabel, timecode } from '../format';
import { t } from '../messages';
import { laneOf, trackName } from './reels';

/** A reel's tracks in words: `Picture, Sound en (encrypted)`. */
function tracksText(assets: readonly ReelAsset[], external: ReadonlySet<string>): string {
  const parts = assets.flatMap((asset) => {
    if (laneOf(asset) === null) return [];
    const marks = [asset.key_id ? t('panel.encrypted') : '', external.has(asset.id) ? t('panel.otherPackage') : '']
      .filter(Boolean)
      .join(', ');
    const name = [trackName(asset), asset.language].filter(Boolean).join(' ');
    return [marks === '' ? name : `${name} (${marks})`];
  });
  return parts.length === 0 ? t('panel.noTracks') : parts.join(', ');
}

/** The reels as rows, for everyone whom the drawing does not serve. */
export function ReelTable({ composition }: { composition: Composition }) {
  const external = new Set(composition.external_asset_ids ?? []);
  return (
    <table className="dcpl-table">
      <thead>
        <tr>
          <th scope="col">{t('panel.reel')}</th>
          <th scope="col">{t('panel.length')}</th>
          <th scope="col">{t('panel.tracks')}</th>
        </tr>
      </thead>
      <tbody>
        {composition.reels.map((reel, place) => (
          <tr key={`${reel.index}-${reel.id ?? place}`}>
            <td>{reel.index}</td>
            <td>
              {reel.edit_rate
                ? timecode(reel.duration_frames, reel.edit_rate)
                : t('counts.frames', { count: reel.duration_frames })}
              {reel.edit_rate ? <div className="dcpl-muted">{rateLabel(reel.edit_rate)}</div> : null}
            </td>
            <td>
              {tracksText(reel.assets, external)}
              {(reel.markers ?? []).map((marker) => (
                <div key={`${marker.label}-${marker.offset_frames}`} className="dcpl-muted">
                  {t('panel.at', {
                    label: marker.label,
                    value: reel.edit_rate ? timecode(marker.offset_frames, reel.edit_rate) : marker.offset_frames,
                  })}
                </div>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
