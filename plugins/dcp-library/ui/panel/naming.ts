/** The fields of a content title in words, in the order they stand in the title. */
import type { Naming } from '../data/package-detail';
import { formatLabel, kindLabel, languageName } from '../format';

export interface NamingField {
  label: string;
  value: string;
}

const join = (...parts: (string | number | null | undefined | false)[]) => parts.filter(Boolean).join(' · ');

const ASPECTS: Record<string, string> = { flat: 'Flat', scope: 'Scope', full: 'Full container' };

function typeField(naming: Naming): string {
  const kind = naming.content_kind ? kindLabel(naming.content_kind) : naming.type_code;
  const version = naming.version === undefined ? null : `version ${naming.version}`;
  const picture = naming.stereoscopic === undefined ? null : naming.stereoscopic ? '3D' : '2D';
  const rate = naming.frame_rate === undefined ? null : `${naming.frame_rate} fps`;
  return join(kind, version, picture, naming.luminance, rate, ...(naming.modifiers ?? []));
}

function imageRatio(text: string | undefined): string | null {
  return text !== undefined && /^\d{3}$/.test(text) ? `image ${text[0]}.${text.slice(1)}` : (text ?? null);
}

function subtitles(naming: Naming): string {
  const languages = (naming.subtitle_languages ?? []).map(languageName).join(', ');
  return join(languages, naming.burnt_in_subtitles && 'part of the picture', ...(naming.captions ?? []));
}

/** What the title says, field by field; fields it does not have are left out. */
export function namingFields(naming: Naming): NamingField[] {
  const packageType = naming.package_type
    ? `${naming.package_type}${naming.package_version ? ` ${naming.package_version}` : ''}`
    : '';
  const fields: [string, string | undefined][] = [
    ['Title', naming.title],
    ['Type', typeField(naming)],
    ['Aspect', join(naming.aspect && (ASPECTS[naming.aspect] ?? naming.aspect), imageRatio(naming.image_ratio))],
    ['Spoken', naming.audio_language ? languageName(naming.audio_language) : ''],
    ['Subtitles', subtitles(naming)],
    ['Territory', join(naming.territory, naming.rating && `rated ${naming.rating}`)],
    ['Audio', (naming.audio ?? []).join(' ')],
    ['Resolution', naming.resolution],
    ['Studio', naming.studio],
    ['Date', naming.date],
    ['Facility', naming.facility],
    ['Standard', naming.standard ? formatLabel(naming.standard) : ''],
    ['Package', packageType],
  ];
  return fields.flatMap(([label, value]) => (value ? [{ label, value }] : []));
}
