//! Where the assets of a map lie, and what joining them with the packing lists says about each.

use super::documents::Documents;
use super::{Asset, AssetChunk, AssetState};
use crate::dcp::asset_map::{MapAsset, MapChunk};
use crate::dcp::dialect::Dialect;
use crate::dcp::findings::{Code, shorten};
use crate::dcp::kind::AssetKind;
use crate::dcp::packing_list::{PackedAsset, hash_bytes};
use crate::dcp::path::{FileIndex, Resolution, is_within_smpte_limits};
use crate::dcp::source::FileEntry;
use crate::dcp::uuid::Id;

/// An asset of the map with its files.
#[derive(Debug)]
pub(super) struct Located<'i> {
    pub id: Id,
    pub is_packing_list: bool,
    pub chunks: Vec<AssetChunk>,
    /// Files of the chunks that are here, in order.
    pub files: Vec<&'i FileEntry>,
    pub place: Place,
}

/// Whether all of an asset is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Here,
    Absent,
    OtherVolume,
    /// No path, or one that was refused.
    Nowhere,
}

impl Located<'_> {
    /// Size of all pieces together, when all are here.
    pub fn size_bytes(&self) -> Option<u64> {
        (self.place == Place::Here).then(|| self.files.iter().fold(0, |sum, file| file.size_bytes.saturating_add(sum)))
    }
}

/// Where and for which volume assets are looked for.
pub(super) struct Search<'s, 'i> {
    pub index: &'i FileIndex,
    /// The volume this folder is, from 1.
    pub own_volume: u32,
    /// The asset map that speaks of them.
    pub map_file: &'s str,
}

/// Finds the files of one asset.
pub(super) fn locate<'i>(asset: &MapAsset, search: &Search<'_, 'i>, documents: &mut Documents<'_>) -> Located<'i> {
    let mut located = Located {
        id: asset.id.clone(),
        is_packing_list: asset.is_packing_list,
        chunks: Vec::with_capacity(asset.chunks.len()),
        files: Vec::with_capacity(asset.chunks.len()),
        place: if asset.chunks.is_empty() { Place::Nowhere } else { Place::Here },
    };
    if asset.chunks.is_empty() {
        let message = format!("the asset map gives no path for {}", asset.id);
        documents.findings.add(Code::PathEmpty, Some(search.map_file), message);
    }
    let mut next_offset_bytes = 0_u64;
    for chunk in &asset.chunks {
        let (place, path, file) = locate_chunk(&asset.id, chunk, search, documents);
        if chunk.offset_bytes != next_offset_bytes && asset.chunks.len() > 1 && file.is_some() {
            let message = format!(
                "\"{}\" starts at byte {}, the pieces before end at {next_offset_bytes}",
                shorten(&chunk.path),
                chunk.offset_bytes
            );
            documents.findings.add(Code::ChunksDisjoint, Some(search.map_file), message);
        }
        let length_bytes = chunk.length_bytes.or(file.map(|file| file.size_bytes)).unwrap_or(0);
        next_offset_bytes = chunk.offset_bytes.saturating_add(length_bytes);
        located.files.extend(file);
        located.place = worse(located.place, place);
        located.chunks.push(AssetChunk {
            path,
            offset_bytes: chunk.offset_bytes,
            length_bytes: chunk.length_bytes,
            actual_size_bytes: file.map(|file| file.size_bytes),
            volume: chunk.volume,
        });
    }
    located
}

fn locate_chunk<'i>(
    id: &Id,
    chunk: &MapChunk,
    search: &Search<'_, 'i>,
    documents: &mut Documents<'_>,
) -> (Place, Option<String>, Option<&'i FileEntry>) {
    let written = shorten(&chunk.path);
    let mut add = |code, message: String| documents.findings.add(code, Some(search.map_file), message);
    match search.index.resolve(&chunk.path) {
        Resolution::Found { file, case_differs } => {
            if case_differs {
                let message =
                    format!("\"{written}\" is spelt \"{}\" on the storage; other systems will not find it", file.path);
                add(Code::PathCaseDiffers, message);
            }
            (Place::Here, Some(file.path.clone()), Some(file))
        }
        Resolution::Missing { expected } if chunk.volume != search.own_volume => {
            (Place::OtherVolume, Some(expected), None)
        }
        Resolution::Missing { expected } => (Place::Absent, Some(expected), None),
        Resolution::Refused => {
            add(
                Code::PathEscapes,
                format!("the path \"{written}\" leaves the package and was refused; nothing outside is read"),
            );
            documents.faults.refused = true;
            (Place::Nowhere, None, None)
        }
        Resolution::Empty => {
            add(Code::PathEmpty, format!("the asset map gives an empty path for {id}"));
            (Place::Nowhere, None, None)
        }
    }
}

fn worse(one: Place, other: Place) -> Place {
    let rank = |place| match place {
        Place::Here => 0,
        Place::OtherVolume => 1,
        Place::Absent => 2,
        Place::Nowhere => 3,
    };
    if rank(other) > rank(one) { other } else { one }
}

/// Reports paths outside the limits of their dialect, once for the whole map.
pub(super) fn check_path_limits(
    assets: &[MapAsset],
    dialect: Option<Dialect>,
    map_file: &str,
    documents: &mut Documents<'_>,
) {
    let (is_fine, limits): (fn(&str) -> bool, &str) = match dialect {
        Some(Dialect::Smpte) => {
            (is_within_smpte_limits, "break the limits SMPTE sets (letters, digits, . _ -, 100 characters)")
        }
        Some(Dialect::Interop) => (|path| !path.trim().contains(' '), "hold blanks, which some servers refuse"),
        _ => return,
    };
    let paths = assets.iter().flat_map(|asset| &asset.chunks).map(|chunk| chunk.path.as_str());
    let mut off = paths.filter(|path| !is_fine(path));
    if let Some(first) = off.next() {
        let others = off.count();
        let message = format!("\"{}\" and {others} other paths {limits}", shorten(first));
        documents.findings.add(Code::PathOffLimits, Some(map_file), message);
    }
}

/// Joins one entry of a packing list with its place.
pub(super) fn join(
    packed: &PackedAsset,
    located: Option<&Located<'_>>,
    list_file: Option<&str>,
    documents: &mut Documents<'_>,
) -> Asset {
    let mut asset = mapped(&packed.id, located);
    asset.kind = AssetKind::of_media_type(&packed.media_type);
    asset.media_type.clone_from(&packed.media_type);
    asset.size_bytes = packed.size_bytes.unwrap_or(0);
    asset.pkl_hash.clone_from(&packed.hash);
    asset.annotation = packed.annotation.as_ref().filter(|text| Id::parse(text).as_ref() != Some(&packed.id)).cloned();
    asset.original_file_name =
        packed.original_file_name.as_ref().filter(|name| !is_file_name(name, asset.path.as_deref())).cloned();
    match located.map(|located| located.place) {
        Some(Place::Here) => judge_bytes(&mut asset, packed, documents),
        Some(place) => report_absence(place, &asset, documents),
        None => {
            documents.faults.absent = true;
            let message = format!("{} is in the packing list but not in the asset map", packed.id);
            documents.findings.add(Code::AssetNotMapped, list_file, message);
        }
    }
    if let ([chunk], Some(listed)) = (asset.chunks.as_slice(), packed.size_bytes)
        && let Some(length) = chunk.length_bytes.filter(|length| *length != listed)
    {
        let message =
            format!("the asset map gives it {length} bytes, the packing list {listed}; the packing list counts");
        documents.findings.add(Code::MapLengthDiffers, asset.path.as_deref(), message);
    }
    asset
}

fn is_file_name(name: &str, path: Option<&str>) -> bool {
    path.and_then(|path| path.rsplit('/').next()) == Some(name)
}

/// State of an asset that is here, from its size and whether it has a hash.
fn judge_bytes(asset: &mut Asset, packed: &PackedAsset, documents: &mut Documents<'_>) {
    let mut add = |code, message: String| documents.findings.add(code, asset.path.as_deref(), message);
    if let (Some(actual), Some(listed)) = (asset.actual_size_bytes, packed.size_bytes)
        && actual != listed
    {
        add(Code::SizeMismatch, format!("{actual} bytes are here, the packing list says {listed}; copy it again"));
        documents.faults.broken = true;
        asset.state = AssetState::SizeMismatch;
        return;
    }
    if packed.hash.is_none() {
        add(Code::HashMissing, "the packing list gives no hash; its bytes cannot be verified".to_owned());
    }
    let can_verify = packed.hash.as_deref().is_some_and(|hash| hash_bytes(hash).is_some());
    asset.state = if can_verify { AssetState::Unverified } else { AssetState::NoHash };
}

/// An asset in the map that no packing list names.
pub(super) fn map_only(located: &Located<'_>, documents: &mut Documents<'_>) -> Asset {
    let mut asset = mapped(&located.id, Some(located));
    if located.place == Place::Here {
        asset.state = AssetState::NoHash;
        asset.size_bytes = asset.actual_size_bytes.unwrap_or(0);
    } else {
        report_absence(located.place, &asset, documents);
    }
    asset
}

fn mapped(id: &Id, located: Option<&Located<'_>>) -> Asset {
    let chunks = located.map(|located| located.chunks.clone()).unwrap_or_default();
    let here = located.filter(|located| located.place == Place::Here);
    Asset {
        id: id.clone(),
        kind: AssetKind::Other,
        media_type: String::new(),
        path: chunks.first().and_then(|chunk| chunk.path.clone()),
        size_bytes: 0,
        actual_size_bytes: located.and_then(Located::size_bytes),
        pkl_hash: None,
        state: match located.map(|located| located.place) {
            Some(Place::Here) => AssetState::Unverified,
            Some(Place::OtherVolume) => AssetState::OtherVolume,
            _ => AssetState::Missing,
        },
        verified_at: None,
        annotation: None,
        original_file_name: None,
        key_id: None,
        language: None,
        track: None,
        modified_ms: here.and_then(|located| located.files.iter().map(|file| file.modified_ms).max()),
        chunks,
    }
}

fn report_absence(place: Place, asset: &Asset, documents: &mut Documents<'_>) {
    documents.faults.absent = true;
    if place == Place::Absent {
        let absent =
            asset.chunks.iter().find(|chunk| chunk.actual_size_bytes.is_none()).and_then(|chunk| chunk.path.as_deref());
        documents.findings.add(Code::AssetMissing, absent, "the file is not there; copy the package again");
    }
}
