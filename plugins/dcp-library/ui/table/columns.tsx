import { Bytes, type Column, RelativeTime } from '@lamphouse/ui';
import { type PackageRow, titleOf } from '../data/package-row';
import { formatLabel, kindLabel, languagesShort, runningTime, soundShort } from '../format';
import { ENCRYPTION, PACKAGE_STATES, VERIFIED } from '../states';
import { EncryptionCell } from './encryption-cell';
import { Muted } from './muted';
import { StateCell } from './state-cell';
import { TitleCell } from './title-cell';
import { VerifiedCell } from './verified-cell';

const pictureLabel = ({ resolution, stereoscopic }: PackageRow) =>
  [resolution, stereoscopic ? '3D' : null].filter(Boolean).join(' · ') || null;

const ALL: readonly Column<PackageRow>[] = [
  {
    id: 'state',
    header: 'State',
    value: (row) => PACKAGE_STATES[row.state].label,
    width: 144,
    mobile: 'aside',
    cell: (row) => <StateCell row={row} />,
  },
  {
    id: 'title',
    header: 'Title',
    value: titleOf,
    minWidth: 240,
    grow: 1,
    mobile: 'title',
    cell: (row) => <TitleCell row={row} />,
  },
  { id: 'kind', header: 'Kind', value: (row) => kindLabel(row.content_kind), width: 80, mobile: 'detail' },
  { id: 'version', header: 'OV/VF', value: (row) => row.package_type, width: 60 },
  { id: 'format', header: 'Format', value: (row) => formatLabel(row.format), width: 72 },
  {
    id: 'resolution',
    header: 'Picture',
    value: pictureLabel,
    width: 72,
    cell: (row) => <Muted text={pictureLabel(row)} />,
  },
  {
    id: 'audio',
    header: 'Audio',
    value: (row) => soundShort(row.sound_channels, row.immersive_audio),
    width: 88,
    cell: (row) => <Muted text={soundShort(row.sound_channels, row.immersive_audio)} />,
  },
  {
    id: 'languages',
    header: 'Languages',
    value: (row) => languagesShort(row.languages),
    width: 96,
    cell: (row) => <Muted text={languagesShort(row.languages)} />,
  },
  {
    id: 'duration',
    header: 'Duration',
    value: (row) => row.duration_seconds,
    width: 76,
    align: 'end',
    mobile: 'detail',
    cell: (row) => <Muted text={row.duration_seconds === null ? null : runningTime(row.duration_seconds)} />,
  },
  {
    id: 'size',
    header: 'Size',
    value: (row) => row.total_size_bytes,
    width: 76,
    align: 'end',
    mobile: 'detail',
    cell: (row) => <Bytes value={row.total_size_bytes} />,
  },
  {
    id: 'encryption',
    header: 'Encryption',
    value: (row) => ENCRYPTION[row.encryption],
    width: 96,
    cell: (row) => <EncryptionCell encryption={row.encryption} />,
  },
  {
    id: 'verified',
    header: 'Verified',
    value: (row) => VERIFIED[row.verified].label,
    width: 92,
    cell: (row) => <VerifiedCell row={row} />,
  },
  {
    id: 'discovered',
    header: 'Discovered',
    value: (row) => Date.parse(row.discovered_at) || null,
    width: 104,
    mobile: 'detail',
    cell: (row) => <RelativeTime at={row.discovered_at || null} />,
  },
  { id: 'place', header: 'Place', value: (row) => row.mount, width: 100, cell: (row) => <Muted text={row.mount} /> },
  { id: 'package', header: 'Package name', value: (row) => row.package_name, width: 240, hidden: true },
  { id: 'issuer', header: 'Issuer', value: (row) => row.issuer, width: 140, hidden: true },
  {
    id: 'compositions',
    header: 'Compositions',
    value: (row) => row.compositions,
    width: 104,
    align: 'end',
    hidden: true,
  },
  { id: 'files', header: 'Files', value: (row) => row.file_count, width: 64, align: 'end', hidden: true },
  { id: 'path', header: 'Path', value: (row) => row.path, width: 240, hidden: true },
  { id: 'id', header: 'Package id', value: (row) => row.id, width: 280, hidden: true },
];

/** The columns; the place is worth one only when there are several. */
export function packageColumns(severalPlaces: boolean): readonly Column<PackageRow>[] {
  return ALL.map((column) => (column.id === 'place' ? { ...column, hidden: !severalPlaces } : column));
}
