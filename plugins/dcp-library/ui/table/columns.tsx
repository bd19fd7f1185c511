import { Bytes, type Column, RelativeTime } from '@lamphouse/ui';
import { type PackageRow, titleOf } from '../data/package-row';
import { formatLabel, kindLabel, languagesShort, runningTime, soundShort } from '../format';
import { KeyBadge } from '../key-badge';
import { KEY_STATES } from '../key-words';
import { t } from '../messages';
import { ENCRYPTION, PACKAGE_STATES, VERIFIED } from '../states';
import { EncryptionCell } from './encryption-cell';
import { Muted } from './muted';
import { StateCell } from './state-cell';
import { TagsCell } from './tags-cell';
import { TitleCell } from './title-cell';
import { VerifiedCell } from './verified-cell';

const pictureLabel = ({ resolution, stereoscopic }: PackageRow) =>
  [resolution, stereoscopic ? '3D' : null].filter(Boolean).join(' · ') || null;

const ALL: readonly Column<PackageRow>[] = [
  {
    id: 'state',
    get header() {
      return t('table.state');
    },
    value: (row) => PACKAGE_STATES[row.state].label,
    width: 144,
    mobile: 'aside',
    cell: (row) => <StateCell row={row} />,
  },
  {
    id: 'title',
    get header() {
      return t('table.title');
    },
    value: titleOf,
    minWidth: 240,
    grow: 1,
    mobile: 'title',
    cell: (row) => <TitleCell row={row} />,
  },
  {
    id: 'kind',
    get header() {
      return t('table.kind');
    },
    value: (row) => kindLabel(row.content_kind),
    width: 80,
    mobile: 'detail',
  },
  {
    id: 'version',
    get header() {
      return t('table.ovVf');
    },
    value: (row) => row.package_type,
    width: 60,
  },
  {
    id: 'format',
    get header() {
      return t('table.format');
    },
    value: (row) => formatLabel(row.format),
    width: 72,
  },
  {
    id: 'resolution',
    get header() {
      return t('table.picture');
    },
    value: pictureLabel,
    width: 72,
    cell: (row) => <Muted text={pictureLabel(row)} />,
  },
  {
    id: 'audio',
    get header() {
      return t('table.audio');
    },
    value: (row) => soundShort(row.sound_channels, row.immersive_audio),
    width: 88,
    cell: (row) => <Muted text={soundShort(row.sound_channels, row.immersive_audio)} />,
  },
  {
    id: 'languages',
    get header() {
      return t('table.languages');
    },
    value: (row) => languagesShort(row.languages),
    width: 96,
    cell: (row) => <Muted text={languagesShort(row.languages)} />,
  },
  {
    id: 'duration',
    get header() {
      return t('table.duration');
    },
    value: (row) => row.duration_seconds,
    width: 76,
    align: 'end',
    mobile: 'detail',
    cell: (row) => <Muted text={row.duration_seconds === null ? null : runningTime(row.duration_seconds)} />,
  },
  {
    id: 'size',
    get header() {
      return t('table.size');
    },
    value: (row) => row.total_size_bytes,
    width: 76,
    align: 'end',
    mobile: 'detail',
    cell: (row) => <Bytes value={row.total_size_bytes} />,
  },
  {
    id: 'encryption',
    get header() {
      return t('table.encryption');
    },
    value: (row) => ENCRYPTION[row.encryption],
    width: 116,
    hidden: true,
    cell: (row) => <EncryptionCell encryption={row.encryption} />,
  },
  {
    id: 'keys',
    get header() {
      return t('table.keys');
    },
    value: (row) => (row.keys.state === 'not-needed' ? null : KEY_STATES[row.keys.state]),
    width: 136,
    cell: (row) =>
      row.keys.state === 'not-needed' ? <EncryptionCell encryption={row.encryption} /> : <KeyBadge keys={row.keys} />,
  },
  {
    id: 'verified',
    get header() {
      return t('table.verified');
    },
    value: (row) => VERIFIED[row.verified].label,
    width: 104,
    cell: (row) => <VerifiedCell row={row} />,
  },
  {
    id: 'discovered',
    get header() {
      return t('table.discovered');
    },
    value: (row) => Date.parse(row.discovered_at) || null,
    width: 116,
    mobile: 'detail',
    cell: (row) => <RelativeTime at={row.discovered_at || null} />,
  },
  {
    id: 'tags',
    get header() {
      return t('table.tags');
    },
    value: (row) => row.tags.join(', ') || null,
    width: 140,
    cell: (row) => <TagsCell tags={row.tags} />,
  },
  {
    id: 'place',
    get header() {
      return t('table.place');
    },
    value: (row) => row.mount,
    width: 100,
    cell: (row) => <Muted text={row.mount} />,
  },
  {
    id: 'package',
    get header() {
      return t('table.packageName');
    },
    value: (row) => row.package_name,
    width: 240,
    hidden: true,
  },
  {
    id: 'issuer',
    get header() {
      return t('table.issuer');
    },
    value: (row) => row.issuer,
    width: 140,
    hidden: true,
  },
  {
    id: 'note',
    get header() {
      return t('table.note');
    },
    value: (row) => row.note || null,
    width: 200,
    hidden: true,
  },
  {
    id: 'copies',
    get header() {
      return t('table.copies');
    },
    value: (row) => row.copies,
    width: 72,
    align: 'end',
    hidden: true,
  },
  {
    id: 'compositions',
    get header() {
      return t('table.compositions');
    },
    value: (row) => row.compositions,
    width: 104,
    align: 'end',
    hidden: true,
  },
  {
    id: 'files',
    get header() {
      return t('table.files');
    },
    value: (row) => row.file_count,
    width: 64,
    align: 'end',
    hidden: true,
  },
  {
    id: 'path',
    get header() {
      return t('table.path');
    },
    value: (row) => row.path,
    width: 240,
    hidden: true,
  },
  {
    id: 'id',
    get header() {
      return t('table.packageId');
    },
    value: (row) => row.id,
    width: 280,
    hidden: true,
  },
];

/** The columns; the place is worth one only when there are several, and tags when there are any. */
export function packageColumns(severalPlaces: boolean, anyTags: boolean): readonly Column<PackageRow>[] {
  const shown: Record<string, boolean> = { place: severalPlaces, tags: anyTags };
  return ALL.map((column) => (column.id in shown ? { ...column, hidden: !shown[column.id] } : column));
}
