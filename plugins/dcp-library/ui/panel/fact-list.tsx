import { Bytes, DateTime, type KeyValue, KeyValueList, RelativeTime, Status } from '@lamphouse/ui';
import type { ReactNode } from 'react';
import { type Composition, mainComposition, type PackageDetail } from '../data/package-detail';
import { type Languages, stateOf } from '../data/package-row';
import {
  channelsLabel,
  containerLabel,
  formatLabel,
  kindLabel,
  languageName,
  rateLabel,
  runningTime,
  timecode,
} from '../format';
import { Glossary } from '../glossary';
import { t } from '../messages';
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
      <Glossary term="vf">{t('panel.vfVersionFile')}</Glossary>
    ) : (
      <Glossary term="ov">{t('panel.ovOriginalVersion')}</Glossary>
    );
  return [
    { label: t('panel.state'), value: PACKAGE_STATES[stateOf(state)].meaning },
    { label: t('panel.kind'), value: kindLabel(detail.content_kind ?? null) },
    { label: t('panel.version'), value: type ? version : null },
    {
      label: t('panel.format'),
      value: term ? <Glossary term={term}>{formatLabel(format)}</Glossary> : formatLabel(format),
    },
  ];
}

function compositionFacts(main: Composition): KeyValue[] {
  return [
    { label: t('panel.runningTime'), value: <RunningTime composition={main} /> },
    { label: t('panel.picture'), value: pictureFact(main) },
    { label: t('panel.sound'), value: soundFact(main) },
    { label: t('panel.languages'), value: languageFact(main.languages) },
    { label: t('panel.encryption'), value: encryptionFact(main) },
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
          · {timecode(frames, rate)} · {t('counts.frames', { count: frames })}
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
      {bed === null ? '' : `${t('panel.and', { bed })} `}
      <Glossary term="atmos">{t('panel.immersiveSound')}</Glossary>
    </>
  );
}

function languageFact({ sound, subtitle, closed_caption: caption }: Languages): ReactNode {
  const list = (tags: readonly string[]) => tags.map(languageName).join(', ');
  const lines = [
    sound.length > 0 ? t('panel.sound2', { sound: list(sound) }) : '',
    subtitle.length > 0 ? t('panel.subtitles2', { subtitle: list(subtitle) }) : '',
    caption.length > 0 ? t('panel.captions', { caption: list(caption) }) : '',
  ].filter((line) => line !== '');
  return lines.length === 0 ? null : lines.join(' · ');
}

function encryptionFact({ encryption, signed }: Composition): ReactNode {
  if (encryption === 'none') return t('panel.needsNoKey', { none: ENCRYPTION.none });
  return (
    <>
      {encryption === 'full' ? t('panel.allTracksEncrypted') : t('panel.someTracksEncrypted')}
      {`, ${t('panel.opensWithA')}`} <Glossary term="kdm">KDM</Glossary>
      {signed === false ? <span className="dcpl-muted"> · {t('panel.notSigned')}</span> : null}
    </>
  );
}

function recordFacts(detail: PackageDetail): KeyValue[] {
  const { total_size_bytes: size = 0, present_size_bytes: present, verified = 'none' } = detail;
  const part = present !== undefined && present !== null && present < size;
  return [
    {
      label: t('panel.size'),
      value: (
        <>
          <Bytes value={size} />
          {part ? (
            <span className="dcpl-muted">
              {' '}
              · <Bytes value={present} /> {t('panel.here')}
            </span>
          ) : null}
          <span className="dcpl-muted"> · {t('counts.files', { count: detail.file_count ?? 0 })}</span>
          {(detail.volume_count ?? 1) > 1 ? (
            <span className="dcpl-muted">{` · ${t('panel.volumes', { count: detail.volume_count ?? 1 })}`}</span>
          ) : null}
        </>
      ),
    },
    {
      label: t('panel.verified'),
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
    { label: t('panel.discovered'), value: detail.discovered_at ? <DateTime at={detail.discovered_at} /> : null },
    { label: t('panel.issued'), value: detail.issue_date ? <DateTime at={detail.issue_date} /> : null },
    { label: t('panel.issuer'), value: detail.issuer ?? null },
    { label: t('panel.madeWith'), value: detail.creator ?? null },
    { label: t('panel.folder'), value: <span className="dcpl-mono">{detail.package_name}</span> },
  ];
}
