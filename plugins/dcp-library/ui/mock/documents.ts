/** Documents of an invented package, the composition as long as those of a real feature. */
import type { DocumentFile, DocumentText } from '../data/documents';
import type { PackageRow } from '../data/package-row';

function texts(row: PackageRow): Record<string, { kind: DocumentFile['kind']; text: string }> {
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  const reels = Array.from(
    { length: 400 },
    (_, at) =>
      `    <Reel>\n      <Id>urn:uuid:${row.id.slice(0, 32)}${String(at).padStart(4, '0')}</Id>\n    </Reel>\n`,
  ).join('');
  const title = row.content_title ?? '';
  return {
    'ASSETMAP.xml': {
      kind: 'asset_map',
      text: `${head}<AssetMap>\n  <Id>urn:uuid:${row.assetmap_uuid}</Id>\n</AssetMap>\n`,
    },
    'VOLINDEX.xml': { kind: 'volume_index', text: `${head}<VolumeIndex><Index>1</Index></VolumeIndex>` },
    'pkl.xml': { kind: 'packing_list', text: `${head}<PackingList>${'<Asset/>'.repeat(500)}</PackingList>\n` },
    'cpl.xml': {
      kind: 'composition',
      text: `${head}<CompositionPlaylist>\n  <ContentTitleText>${title}</ContentTitleText>\n  <ReelList>\n${reels}  </ReelList>\n</CompositionPlaylist>\n`,
    },
  };
}

export function documentsOf(row: PackageRow): DocumentFile[] {
  return Object.entries(texts(row)).map(([file, { kind, text }]) => ({ file, kind, size_bytes: text.length }));
}

export function documentOf(row: PackageRow, file: string): DocumentText {
  const text = texts(row)[file]?.text ?? '';
  return { file, size_bytes: text.length, text, encoding_damaged: false };
}
