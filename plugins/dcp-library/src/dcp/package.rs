//! A whole package: asset map, packing lists, compositions and files joined, with its state.

mod assets;
mod documents;
mod read;
mod tracks;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::composition::Composition;
use super::dialect::Format;
use super::findings::Finding;
use super::kind::AssetKind;
use super::mxf::Header;
use super::packing_list::PackingList;
use super::uuid::Id;

pub use read::read_packages;

/// How to read.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// A faulty package whose newest file is younger than this counts as still arriving.
    pub incoming_window_ms: i64,
    /// Which track headers to read.
    pub track_headers: TrackHeaders,
}

impl Default for Options {
    fn default() -> Self {
        Self { incoming_window_ms: 3 * 60 * 1000, track_headers: TrackHeaders::AsNeeded }
    }
}

/// Which MXF headers are read; each costs a read of some 16 KiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackHeaders {
    /// None: facts come from the documents alone.
    Skip,
    /// Per composition, the first picture and the first sound that are here, and the first text and auxiliary track
    /// whose language or type the composition leaves open.
    AsNeeded,
    /// Every picture, sound, subtitle and auxiliary track that is here.
    All,
}

/// State of a package on its storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Every listed asset is here with the size its packing list gives.
    Complete,
    /// Files or volumes are absent; nothing that is here is wrong.
    Incomplete,
    /// Something is wrong, and its files changed a moment ago: still being copied.
    Incoming,
    /// Something is wrong and will stay so.
    Corrupt,
    /// The folder cannot be read now.
    Unreachable,
}

/// State of one asset. The reader gives the first five; hashing gives `Ok` and `Corrupt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AssetState {
    /// Here with the right size, not hashed.
    Unverified,
    /// Of another size than listed.
    SizeMismatch,
    /// Not here, not mapped, or its path was refused.
    Missing,
    /// Here with the right size, but there is no hash to verify against.
    NoHash,
    /// On a volume that is not here.
    OtherVolume,
    /// Hashed and right.
    Ok,
    /// Hashed and wrong.
    Corrupt,
}

/// One asset, as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// Id of the asset.
    pub id: Id,
    /// What it is.
    pub kind: AssetKind,
    /// Type as the packing list writes it; empty when it says none.
    #[serde(rename = "type")]
    pub media_type: String,
    /// File relative to the package folder: where it is, or where it should be. `None` when it is
    /// not mapped or its path was refused. For an asset in pieces, the first piece.
    pub path: Option<String>,
    /// Size the packing list gives; 0 when it gives none.
    pub size_bytes: u64,
    /// Size of the files that are here; absent unless all pieces are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual_size_bytes: Option<u64>,
    /// Base64 of the hash the packing list gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pkl_hash: Option<String>,
    /// What is known about its bytes.
    pub state: AssetState,
    /// When it was last hashed; never set by the reader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<String>,
    /// Free text of the packing list; absent when it only repeats the id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotation: Option<String>,
    /// Name the packing list says the file once had; absent when it still has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_file_name: Option<String>,
    /// Key of an encrypted track, as a composition names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<Id>,
    /// Language of a track, as a composition or the track itself writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What the track file says of itself; absent for files whose header was not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track: Option<Box<Header>>,
    /// Its pieces in order; the asset's bytes are these files joined.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chunks: Vec<AssetChunk>,
    /// Newest modification of its files, Unix milliseconds; absent unless all pieces are here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_ms: Option<i64>,
}

impl Asset {
    /// The piece of an asset that is one whole file: the asset itself says all of it.
    fn whole_file(&self) -> Option<AssetChunk> {
        let size = self.actual_size_bytes?;
        Some(AssetChunk {
            path: Some(self.path.clone()?),
            offset_bytes: 0,
            length_bytes: Some(size),
            actual_size_bytes: Some(size),
            volume: 1,
        })
    }
}

/// One piece of an asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetChunk {
    /// File relative to the package folder; `None` when its path was refused or empty.
    pub path: Option<String>,
    /// Position of the piece inside the asset.
    pub offset_bytes: u64,
    /// Length the asset map gives; informative.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length_bytes: Option<u64>,
    /// Size of the file; absent when it is not here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual_size_bytes: Option<u64>,
    /// Volume it lies on, from 1.
    pub volume: u32,
}

/// A package, as the API shows it, short of what only the library knows (id, places, links, times).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Package {
    /// Id of the asset map; `None` when that is unreadable.
    pub assetmap_uuid: Option<Id>,
    /// Name of the package folder.
    pub package_name: String,
    /// Free text of the asset map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotation: Option<String>,
    /// Title of the main composition.
    pub content_title: Option<String>,
    /// Kind of the main composition.
    pub content_kind: Option<String>,
    /// Of the asset map, else of the first packing list; as written.
    pub issue_date: Option<String>,
    /// Of the asset map, else of the first packing list, else of the main composition.
    pub issuer: Option<String>,
    /// As `issuer`.
    pub creator: Option<String>,
    /// Volumes the asset map speaks of.
    pub volume_count: u32,
    /// Volume found here, when there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_index: Option<u32>,
    /// Sum of the packing lists' sizes, each id once.
    pub total_size_bytes: u64,
    /// Sum of the sizes of listed assets that are here.
    pub present_size_bytes: u64,
    /// Files that make up the package: asset map, volume index and everything mapped, here or not.
    pub file_count: u64,
    /// Format; `None` when nothing could be read.
    pub format: Option<Format>,
    /// State on this storage.
    pub state: State,
    /// In the order of the asset map.
    pub compositions: Vec<Composition>,
    /// Listed assets in order of the packing lists, then assets in the map only. Packing lists are
    /// not among them.
    pub assets: Vec<Asset>,
    /// In the order of the asset map.
    pub packing_lists: Vec<PackingList>,
    /// Gravest first.
    pub findings: Vec<Finding>,
    /// Files no asset map names, at most 100, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign_files: Vec<String>,
    /// Newest modification of any file of the folder, Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest_modified_ms: Option<i64>,
    /// When a package in state `incoming` is to be read again, Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recheck_at_ms: Option<i64>,
}

impl Package {
    /// Stable identity: the asset map's id and the sorted ids of the packing lists, which stay the
    /// same while a package arrives and wherever it lies. `None` when neither is known. Two
    /// different contents under one key occur; compare hashes before merging.
    #[must_use]
    pub fn key(&self) -> Option<String> {
        let lists: BTreeSet<&Id> = self.packing_lists.iter().map(|list| &list.id).collect();
        if self.assetmap_uuid.is_none() && lists.is_empty() {
            return None;
        }
        let lists: Vec<String> = lists.into_iter().map(ToString::to_string).collect();
        let map = self.assetmap_uuid.as_ref().map(ToString::to_string).unwrap_or_default();
        Some(format!("{map}:{}", lists.join(",")))
    }

    /// Leaves out what [`Self::unfold`] brings back, to be stored: most assets are one whole file.
    pub fn fold(&mut self) {
        for asset in &mut self.assets {
            if asset.chunks.len() == 1 && asset.chunks.first() == asset.whole_file().as_ref() {
                asset.chunks.clear();
            }
        }
    }

    /// Brings back what [`Self::fold`] left out.
    pub fn unfold(&mut self) {
        for asset in self.assets.iter_mut().filter(|asset| asset.chunks.is_empty()) {
            asset.chunks.extend(asset.whole_file());
        }
    }

    /// The composition the package is shown under: the longest feature, else the longest; the
    /// first of equals.
    #[must_use]
    pub fn main_composition(&self) -> Option<&Composition> {
        let weight = |composition: &Composition| {
            (composition.content_kind.as_deref() == Some("feature"), composition.duration_seconds)
        };
        self.compositions.iter().reduce(|best, other| if weight(other) > weight(best) { other } else { best })
    }

    /// Tracks its compositions take from other packages.
    #[must_use]
    pub fn external_asset_ids(&self) -> BTreeSet<&Id> {
        self.compositions.iter().flat_map(|composition| &composition.external_asset_ids).collect()
    }

    /// Listed assets whose files are here with the right size and not known to be damaged.
    #[must_use]
    pub fn held_asset_ids(&self) -> BTreeSet<&Id> {
        let held = |asset: &&Asset| matches!(asset.state, AssetState::Unverified | AssetState::Ok | AssetState::NoHash);
        self.assets.iter().filter(held).map(|asset| &asset.id).collect()
    }
}

#[cfg(test)]
mod tests;
