import { CopyText } from '@lamphouse/ui';
import { ListVideo } from 'lucide-react';
import type { Composition, PackageDetail, Reel } from '../data/package-detail';
import { runningTime, timecode } from '../format';
import { Glossary } from '../glossary';
import { t } from '../messages';
import { laneOf } from './reels';
import { SignedFact } from './signed-fact';
import { TrackRow } from './track-row';
import { type TrackFinder, trackFinder } from './tracks';

/** With more tracks than this only the first reel is open. */
const MOST_OPEN = 60;

export interface CompositionTreeProps {
  detail: PackageDetail;
  hashing: string | null;
  onOpen: (id: string) => void;
}

/** Compositions, the reels of each, the tracks of each reel. */
export function CompositionTree({ detail, hashing, onOpen }: CompositionTreeProps) {
  const find = trackFinder(detail);
  const tracks = detail.compositions.flatMap(({ reels }) => reels.flatMap(({ assets }) => assets)).length;
  return detail.compositions.map((composition, at) => (
    <CompositionBranch
      key={composition.id}
      composition={composition}
      isOpen={at === 0 || tracks <= MOST_OPEN}
      allReels={tracks <= MOST_OPEN}
      find={find}
      hashing={hashing}
      onOpen={onOpen}
    />
  ));
}

interface BranchProps {
  find: TrackFinder;
  hashing: string | null;
  onOpen: (id: string) => void;
}

function CompositionBranch({
  composition,
  isOpen,
  allReels,
  ...branch
}: BranchProps & { composition: Composition; isOpen: boolean; allReels: boolean }) {
  const { id, content_title: title, duration_seconds: seconds, reels, signed } = composition;
  return (
    <details open={isOpen} className="dcpl-group">
      <summary>
        <ListVideo size={14} aria-hidden />
        <span className="dcpl-group-title" title={title ?? undefined}>
          {title || t('panel.withoutATitle')}
        </span>
        <span className="dcpl-muted">{runningTime(seconds)}</span>
      </summary>
      <p className="dcpl-group-facts">
        <Glossary term="cpl">CPL</Glossary> <CopyText value={id} label={t('panel.compositionId')} />
        <SignedFact signed={signed} />
      </p>
      {reels.length === 0 ? <p className="dcpl-muted dcpl-branch">{t('panel.itHasNoReels')}</p> : null}
      {reels.map((reel, at) => (
        // A reel's id is not unique, and it may have none.
        <ReelBranch key={at} reel={reel} isOpen={allReels || at === 0} {...branch} />
      ))}
    </details>
  );
}

function ReelBranch({ reel, isOpen, find, hashing, onOpen }: BranchProps & { reel: Reel; isOpen: boolean }) {
  const tracks = reel.assets.filter((track) => laneOf(track) !== null);
  const { edit_rate: rate, duration_frames: frames } = reel;
  return (
    <details open={isOpen} className="dcpl-group dcpl-branch">
      <summary>
        <span className="dcpl-group-title">{t('assetTree.reel', { number: reel.index })}</span>
        <span className="dcpl-muted">
          {t('assetTree.tracks', { count: tracks.length })}
          {` · ${rate === null ? t('counts.frames', { count: frames }) : timecode(frames, rate)}`}
        </span>
      </summary>
      <ul className="dcpl-assets">
        {tracks.map((track, at) => (
          // One track may be played twice in a reel.
          <TrackRow key={at} track={track} place={find(track)} hashing={hashing} onOpen={onOpen} />
        ))}
      </ul>
    </details>
  );
}
