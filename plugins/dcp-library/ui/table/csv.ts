/** The export: the rows that are shown, in their order, with facts instead of formatted text. */
import type { PackageRow } from '../data/package-row';

type CsvValue = string | number | boolean | null;

const FIELDS: readonly (readonly [string, (row: PackageRow) => CsvValue])[] = [
  ['id', (row) => row.id],
  ['assetmap_uuid', (row) => row.assetmap_uuid],
  ['package_name', (row) => row.package_name],
  ['content_title', (row) => row.content_title],
  ['content_kind', (row) => row.content_kind],
  ['package_type', (row) => row.package_type],
  ['format', (row) => row.format],
  ['state', (row) => row.state],
  ['has_errors', (row) => row.has_errors],
  ['verified', (row) => row.verified],
  ['last_verified', (row) => row.last_verified],
  ['encryption', (row) => row.encryption],
  ['keys', (row) => row.keys.state],
  ['keys_change_at', (row) => row.keys.at],
  ['resolution', (row) => row.resolution],
  ['stereoscopic', (row) => row.stereoscopic],
  ['sound_channels', (row) => row.sound_channels],
  ['immersive_audio', (row) => row.immersive_audio],
  ['sound_languages', (row) => row.languages.sound.join(' ')],
  ['subtitle_languages', (row) => row.languages.subtitle.join(' ')],
  ['caption_languages', (row) => row.languages.closed_caption.join(' ')],
  ['duration_seconds', (row) => row.duration_seconds],
  ['total_size_bytes', (row) => row.total_size_bytes],
  ['file_count', (row) => row.file_count],
  ['compositions', (row) => row.compositions],
  ['issuer', (row) => row.issuer],
  ['creator', (row) => row.creator],
  ['issue_date', (row) => row.issue_date],
  ['discovered_at', (row) => row.discovered_at],
  ['mount', (row) => row.mount],
  ['path', (row) => row.path],
  ['copies', (row) => row.copies],
  ['tags', (row) => row.tags.join(', ')],
  ['note', (row) => row.note],
];

/** One cell. Text that a spreadsheet would run as a formula gets an apostrophe in front. */
function cell(value: CsvValue): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** RFC 4180 text with a header line. */
export function toCsv(rows: readonly PackageRow[]): string {
  const lines = rows.map((row) => FIELDS.map(([, value]) => cell(value(row))).join(','));
  return `${[FIELDS.map(([name]) => name).join(','), ...lines].join('\r\n')}\r\n`;
}
