import { Lock } from 'lucide-react';
import type { Composition } from '../data/package-detail';
import { plural, runningTime } from '../format';
import { ReelTable } from './reel-table';
import { lanes, markerPoints, reelShares } from './reels';

const percent = (share: number) => `${(share * 100).toFixed(3)}%`;

/** The running order drawn to scale: a column per reel, a lane per track. The table below says the same in words. */
export function ReelTimeline({ composition }: { composition: Composition }) {
  const { reels } = composition;
  if (reels.length === 0) return <p className="dcpl-muted">It has no reels.</p>;
  const shares = reelShares(reels);
  const shown = lanes(composition);
  const markers = markerPoints(composition);
  const outside = shown.some((lane) => lane.segments.some((segment) => segment.external));
  return (
    <div className="dcpl-reels">
      <div className="dcpl-lanes" aria-hidden>
        <span className="dcpl-lane-label">{reels.length === 1 ? 'Reel' : 'Reels'}</span>
        <div className="dcpl-ruler">
          {reels.map((reel, place) => (
            <span key={`${reel.index}-${reel.id ?? place}`} style={{ width: percent(shares[place] ?? 0) }}>
              {reel.index}
            </span>
          ))}
        </div>
        {shown.map((lane) => (
          <div key={lane.key} className="dcpl-contents">
            <span className="dcpl-lane-label">{lane.label}</span>
            <div className="dcpl-lane">
              {lane.segments.map((segment) => (
                <span
                  key={segment.key}
                  className="dcpl-segment"
                  data-kind={lane.kind}
                  data-external={segment.external || undefined}
                  style={{ left: percent(segment.start), width: percent(segment.share) }}
                  title={`Reel ${segment.reel}: ${lane.label.toLowerCase()}${segment.language ? `, ${segment.language}` : ''}${segment.encrypted ? ', encrypted' : ''}${segment.external ? ', from another package' : ''}`}
                >
                  {segment.encrypted ? <Lock size={10} /> : null}
                  {segment.language ? <span>{segment.language}</span> : null}
                </span>
              ))}
            </div>
          </div>
        ))}
        {markers.length > 0 ? (
          <>
            <span className="dcpl-lane-label">Markers</span>
            <div className="dcpl-lane dcpl-marks">
              {markers.map((marker) => (
                <span
                  key={marker.key}
                  className="dcpl-mark"
                  style={{ left: percent(marker.at) }}
                  title={`${marker.label}, reel ${marker.reel}`}
                />
              ))}
            </div>
          </>
        ) : null}
      </div>
      <p className="dcpl-scale" aria-hidden>
        <span>0:00</span>
        {outside ? <span>Dashed: from another package</span> : null}
        <span>{runningTime(composition.duration_seconds)}</span>
      </p>
      <details className="dcpl-details">
        <summary>Show {plural(reels.length, 'reel')} as a table</summary>
        <ReelTable composition={composition} />
      </details>
    </div>
  );
}
