import { Bytes, Count, DateTime, type KeyValue, KeyValueList, RelativeTime, Status } from '@lamphouse/ui';
import type { ReactNode } from 'react';
import { type Composition, mainComposition, type PackageDetail } from '../data/package-detail';
import { type Languages, stateOf } from '../data/package-row';
import {
  channelsLabel,
  containerLabel,
  formatLabel,
  kindLabel,
  languageName,
  plural,
  rateLabel,
  runningTime,
  timecode,
} from '../format';
import { Glossary } from '../glossary';
import { ENCRYPTION, PACKAGE_STATES, VERIFIED } from '../states';
import type { TermKey } from '../terms';

const FORMAT_TERMS: Record<string, TermKey> = { smpte: 'smpte', interop: 'interop', mixed: 'mixed' };

/** Drops facts the package does not tell. */
function known(items: readonly (KeyValue | null)[]): KeyValue[] {
  return items.filter((item) => item !== null && item.value !== null && item.value !== '') as KeyValue[];
}

/** The facts of a package and of its main composition. */
export function FactList({ detail }: { detail: PackageDetail }) {
  const main = mainComposition(detail.compositions);
  return (
    <KeyValueList
      items={known([...packageFacts(detail), ...(main ? compositionFacts(main) : []), ...recordFacts(detail)])}
    />
  );
}

function packageFacts(detail: PackageDetail): KeyValue[] {
  const { format = null, state, package_type: type } = detail;
  const term = format === null ? undefined : FORMAT_TERMS[format];
  const version =
    type === 'VF' ? (
      <Glossary term="vf">VF, version file</Glossary>
    ) : (
      <Glossary term="ov">OV, original version</Glossary>
    );
  return [
    { label: 'State', value: PACKAGE_STATES[stateOf(state)].meaning },
    { label: 'Kind', value: kindLabel(detail.content_kind ?? null) },
    { label: 'Version', value: type ? version : null },
    { label: 'Format', value: term ? <Glossary term={term}>{formatLabel(format)}</Glossary> : formatLabel(format) },
  ];
}

function compositionFacts(main: Composition): KeyValue[] {
  return [
    { label: 'Running time', value: <RunningTime composition={main} /> },
    { label: 'Picture', value: pictureFact(main) },
    { label: 'Sound', value: soundFact(main) },
    { label: 'Languages', value: languageFact(main.languages) },
    { label: 'Encryption', value: encryptionFact(main) },
  ];
}

function RunningTime({ composition }: { composition: Composition }) {
  const { edit_rate: rate, duration_frames: frames } = composition;
  return (
    <>
      {runningTime(composition.duration_seconds)}
      {rate ? (
        <span className="dcpl-muted">
          {' '}
          · {timecode(frames, rate)} · {plural(frames, 'frame')}
        </span>
      ) : null}
    </>
  );
}

function pictureFact({ resolution, stereoscopic, frame_rate: shown, edit_rate: rate }: Composition): string | null {
  const frames = shown ?? rate;
  const parts = [resolution && containerLabel(resolution), stereoscopic && '3D', frames && rateLabel(frames)];
  return parts.filter(Boolean).join(' · ') || null;
}

function soundFact({ sound_channels: channels, immersive_audio: immersive }: Composition): ReactNode {
  const bed = channels === null ? null : channelsLabel(channels);
  if (!immersive) return bed;
  return (
    <>
      {bed === null ? '' : `${bed} and `}
      <Glossary term="atmos">immersive sound</Glossary>
    </>
  );
}

function languageFact({ sound, subtitle, closed_caption: caption }: Languages): ReactNode {
  const list = (tags: readonly string[]) => tags.map(languageName).join(', ');
  const lines = [
    sound.length > 0 ? `${list(sound)} sound` : '',
    subtitle.length > 0 ? `${list(subtitle)} subtitles` : '',
    caption.length > 0 ? `${list(caption)} captions` : '',
  ].filter((line) => line !== '');
  return lines.length === 0 ? null : lines.join(' · ');
}

function encryptionFact({ encryption, signed }: Composition): ReactNode {
  if (encryption === 'none') return `${ENCRYPTION.none}, needs no key`;
  return (
    <>
      {encryption === 'full' ? 'All tracks encrypted' : 'Some tracks encrypted'}, opens with a{' '}
      <Glossary term="kdm">KDM</Glossary>
      {signed === false ? <span className="dcpl-muted"> · not signed</span> : null}
    </>
  );
}

function recordFacts(detail: PackageDetail): KeyValue[] {
  const { total_size_bytes: size = 0, present_size_bytes: present, verified = 'none' } = detail;
  const part = present !== undefined && present !== null && present < size;
  return [
    {
      label: 'Size',
      value: (
        <>
          <Bytes value={size} />
          {part ? (
            <span className="dcpl-muted">
              {' '}
              · <Bytes value={present} /> here
            </span>
          ) : null}
          <span className="dcpl-muted">
            {' '}
            · <Count value={detail.file_count ?? 0} /> files
          </span>
          {(detail.volume_count ?? 1) > 1 ? <span className="dcpl-muted"> · {detail.volume_count} volumes</span> : null}
        </>
      ),
    },
    {
      label: 'Verified',
      value: (
        <span className="dcpl-line">
          <Status state={VERIFIED[verified].sign} label={VERIFIED[verified].label} />
          {detail.last_verified ? (
            <span className="dcpl-muted">
              <RelativeTime at={detail.last_verified} />
            </span>
          ) : null}
        </span>
      ),
    },
    { label: 'Discovered', value: detail.discovered_at ? <DateTime at={detail.discovered_at} /> : null },
    { label: 'Issued', value: detail.issue_date ? <DateTime at={detail.issue_date} /> : null },
    { label: 'Issuer', value: detail.issuer ?? null },
    { label: 'Made with', value: detail.creator ?? null },
    { label: 'Folder', value: <span className="dcpl-mono">{detail.package_name}</span> },
  ];
}
