/** The fields of a content title in words, in the order they stand in the title. */

import type { Naming } from '../data/package-detail';
import { formatLabel, kindLabel, languageName } from '../format';
import { t } from '../messages';

export interface NamingField {
  label: string;
  value: string;
}

const join = (...parts: (string | number | null | undefined | false)[]) => parts.filter(Boolean).join(' · ');

const ASPECTS: Record<string, string> = {
  get flat() {
    return t('panel.flat');
  },
  get scope() {
    return t('panel.scope');
  },
  get full() {
    return t('panel.fullContainer');
  },
};

function typeField(naming: Naming): string {
  const kind = naming.content_kind ? kindLabel(naming.content_kind) : naming.type_code;
  const version = naming.version === undefined ? null : t('panel.version2', { version: naming.version });
  const picture = naming.stereoscopic === undefined ? null : naming.stereoscopic ? '3D' : '2D';
  const rate = naming.frame_rate === undefined ? null : t('panel.fps', { rate: naming.frame_rate });
  return join(kind, version, picture, naming.luminance, rate, ...(naming.modifiers ?? []));
}

function imageRatio(text: string | undefined): string | null {
  return text !== undefined && /^\d{3}$/.test(text)
    ? t('panel.image', { ratio: `${text[0]}.${text.slice(1)}` })
    : (text ?? null);
}

function subtitles(naming: Naming): string {
  const languages = (naming.subtitle_languages ?? []).map(languageName).join(', ');
  return join(languages, naming.burnt_in_subtitles && t('panel.partOfThePicture'), ...(naming.captions ?? []));
}

/** `51` of a title is what people read as 5.1: channels of the bed and of the low frequencies. */
function audioPart(code: string): string {
  return code.replace(/^(\d)(\d)$/, '$1.$2').replace(/^ATMOS$/i, 'Atmos');
}

/** What the title says, field by field; fields it does not have are left out. */
export function namingFields(naming: Naming): NamingField[] {
  const packageType = naming.package_type
    ? `${naming.package_type}${naming.package_version ? ` ${naming.package_version}` : ''}`
    : '';
  const fields: [string, string | undefined][] = [
    [t('panel.title'), naming.title],
    [t('panel.type'), typeField(naming)],
    [
      t('panel.aspect'),
      join(naming.aspect && (ASPECTS[naming.aspect] ?? naming.aspect), imageRatio(naming.image_ratio)),
    ],
    [t('panel.spoken'), naming.audio_language ? languageName(naming.audio_language) : ''],
    [t('panel.subtitles3'), subtitles(naming)],
    [t('panel.territory'), join(naming.territory, naming.rating && t('panel.rated', { rating: naming.rating }))],
    [t('panel.audio'), join(...(naming.audio ?? []).map(audioPart))],
    [t('panel.resolution'), naming.resolution],
    [t('panel.studio'), naming.studio],
    [t('panel.date'), naming.date],
    [t('panel.facility'), naming.facility],
    [t('panel.standard'), naming.standard ? formatLabel(naming.standard) : ''],
    [t('panel.package'), packageType],
  ];
  return fields.flatMap(([label, value]) => (value ? [{ label, value }] : []));
}
