//! The asset map: which id is which file.

use super::dialect::Dialect;
use super::findings::Code;
use super::report::Report;
use super::uuid::Id;
use super::xml::Element;

/// An asset map as written.
#[derive(Debug, Clone)]
pub struct AssetMap {
    /// Own id.
    pub id: Option<Id>,
    /// Free text.
    pub annotation: Option<String>,
    /// How many volumes the package is spread over; 1 when not said.
    pub volume_count: u32,
    /// As written; normally xs:dateTime.
    pub issue_date: Option<String>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// Which program wrote it.
    pub creator: Option<String>,
    /// Told by the namespace; `None` when that says nothing.
    pub dialect: Option<Dialect>,
    /// One entry for every file, in document order.
    pub assets: Vec<MapAsset>,
}

/// One entry of an asset map.
#[derive(Debug, Clone)]
pub struct MapAsset {
    /// Id of the asset.
    pub id: Id,
    /// Whether it is marked as packing list.
    pub is_packing_list: bool,
    /// Pieces, ordered by offset.
    pub chunks: Vec<MapChunk>,
}

/// One piece of an asset.
#[derive(Debug, Clone)]
pub struct MapChunk {
    /// Path as written.
    pub path: String,
    /// Volume it lies on, from 1.
    pub volume: u32,
    /// Position of the piece inside the asset, bytes.
    pub offset_bytes: u64,
    /// Length in bytes; `None` means the whole file.
    pub length_bytes: Option<u64>,
}

/// Reads the root element of an asset map; `None` when it is another document.
pub fn read(root: Element<'_>, report: &mut Report<'_>) -> Option<AssetMap> {
    if root.name() != "AssetMap" {
        return None;
    }
    let dialect = report.dialect(root);
    let id = report.id(root);
    if id.is_none() {
        report.add(Code::ValueMissing, "the asset map has no id");
    }
    let volume_count =
        report.number(root, "VolumeCount").and_then(|count| u32::try_from(count).ok()).unwrap_or(1).max(1);
    let list = report.child(root, "AssetList");
    Some(AssetMap {
        id,
        annotation: report.string(root, "AnnotationText"),
        volume_count,
        issue_date: report.string(root, "IssueDate"),
        issuer: report.string(root, "Issuer"),
        creator: report.string(root, "Creator"),
        dialect,
        assets: list
            .into_iter()
            .flat_map(|list| list.children_named("Asset"))
            .filter_map(|asset| read_asset(asset, report))
            .collect(),
    })
}

fn read_asset(asset: Element<'_>, report: &mut Report<'_>) -> Option<MapAsset> {
    let Some(id) = report.id(asset) else {
        report.add(Code::ValueMissing, "an asset of the asset map has no id and is passed over");
        return None;
    };
    // SMPTE writes a boolean, Interop an empty element; only an explicit "no" is no.
    let is_packing_list = asset
        .child("PackingList")
        .is_some_and(|mark| !mark.text().is_some_and(|text| text == "0" || text.eq_ignore_ascii_case("false")));
    let mut chunks: Vec<MapChunk> = report
        .child(asset, "ChunkList")
        .into_iter()
        .flat_map(|list| list.children_named("Chunk"))
        .map(|chunk| read_chunk(chunk, report))
        .collect();
    chunks.sort_by_key(|chunk| chunk.offset_bytes);
    Some(MapAsset { id, is_packing_list, chunks })
}

fn read_chunk(chunk: Element<'_>, report: &mut Report<'_>) -> MapChunk {
    MapChunk {
        path: report.string(chunk, "Path").unwrap_or_default(),
        volume: report.number(chunk, "VolumeIndex").and_then(|index| u32::try_from(index).ok()).unwrap_or(1).max(1),
        offset_bytes: report.number(chunk, "Offset").unwrap_or(0),
        length_bytes: report.number(chunk, "Length"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::findings::Findings;
    use super::super::xml::Document;
    use super::*;

    fn map(text: &str) -> (AssetMap, Vec<Code>) {
        let mut findings = Findings::default();
        let document = Document::parse(text).unwrap();
        let map = read(document.root(), &mut Report { file: "ASSETMAP", findings: &mut findings }).unwrap();
        (map, findings.into_list().into_iter().map(|finding| finding.code).collect())
    }

    const ONE: &str = "00000000-0000-4000-8000-000000000001";

    #[test]
    fn both_marks_of_a_packing_list_count() {
        for (mark, expected) in [
            ("<PackingList/>", true),
            ("<PackingList> true </PackingList>", true),
            ("<PackingList>false</PackingList>", false),
            ("", false),
        ] {
            let text = format!(
                "<AssetMap xmlns='http://www.digicine.com/PROTO-ASDCP-AM-20040311#'><Id>{ONE}</Id><AssetList><Asset><Id>{ONE}</Id>{mark}</Asset></AssetList></AssetMap>"
            );
            let (map, codes) = map(&text);
            assert_eq!(map.assets.first().unwrap().is_packing_list, expected, "{mark}");
            assert_eq!((map.dialect, codes), (Some(Dialect::Interop), vec![]));
        }
    }

    #[test]
    fn chunks_are_ordered_by_offset_and_defaults_filled() {
        let text = format!(
            "<AssetMap xmlns='urn:odd'><AssetList><Asset><Id>{ONE}</Id><ChunkList>\
             <Chunk><Path>b</Path><Offset>10</Offset><Length>x</Length></Chunk><Chunk><Path> a </Path><VolumeIndex>2</VolumeIndex></Chunk>\
             </ChunkList></Asset><Asset/></AssetList></AssetMap>"
        );
        let (map, codes) = map(&text);
        let chunks: Vec<_> = map
            .assets
            .first()
            .unwrap()
            .chunks
            .iter()
            .map(|c| (c.path.as_str(), c.volume, c.offset_bytes, c.length_bytes))
            .collect();
        assert_eq!(chunks, [("a", 2, 0, None), ("b", 1, 10, None)]);
        assert_eq!((map.volume_count, map.assets.len()), (1, 1));
        assert_eq!(codes, [Code::NamespaceUnknown, Code::ValueMissing, Code::NumberInvalid, Code::ValueMissing]);
    }
}
