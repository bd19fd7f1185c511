import { Lock } from 'lucide-react';
import type { Composition } from '../data/package-detail';
import { runningTime } from '../format';
import { t } from '../messages';
import { ReelTable } from './reel-table';
import { lanes, markerPoints, reelShares, type Segment } from './reels';

const percent = (share: number) => `${(share * 100).toFixed(3)}%`;

function segmentTitle(label: string, segment: Segment): string {
  const facts = [
    label,
    segment.language,
    segment.encrypted ? t('panel.encrypted') : null,
    segment.external ? t('panel.otherPackage') : null,
  ];
  return t('panel.reel2', { reel: segment.reel, facts: facts.filter(Boolean).join(', ') });
}

/** The running order drawn to scale: a column per reel, a lane per track. The table below says the same in words. */
export function ReelTimeline({ composition }: { composition: Composition }) {
  const { reels } = composition;
  if (reels.length === 0) return <p className="dcpl-muted">{t('panel.itHasNoReels')}</p>;
  const shares = reelShares(reels);
  const shown = lanes(composition);
  const markers = markerPoints(composition);
  const outside = shown.some((lane) => lane.segments.some((segment) => segment.external));
  return (
    <div className="dcpl-reels">
      <div className="dcpl-lanes" aria-hidden>
        <span className="dcpl-lane-label">{t('panel.reels', { count: reels.length })}</span>
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
                  title={segmentTitle(lane.label, segment)}
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
            <span className="dcpl-lane-label">{t('panel.markers')}</span>
            <div className="dcpl-lane dcpl-marks">
              {markers.map((marker) => (
                <span
                  key={marker.key}
                  className="dcpl-mark"
                  style={{ left: percent(marker.at) }}
                  title={t('panel.reel3', { label: marker.label, reel: marker.reel })}
                />
              ))}
            </div>
          </>
        ) : null}
      </div>
      <p className="dcpl-scale" aria-hidden>
        <span>0:00</span>
        {outside ? <span>{t('panel.dashedFromAnotherPackage')}</span> : null}
        <span>{runningTime(composition.duration_seconds)}</span>
      </p>
      <details className="dcpl-details">
        <summary>{t('panel.showAsATable', { count: reels.length })}</summary>
        <ReelTable composition={composition} />
      </details>
    </div>
  );
}
