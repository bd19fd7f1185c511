//! The composition playlist: reels, the tracks they play, and the facts drawn from them.

mod check;
mod facts;
mod metadata;
mod read;
mod sound;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::dialect::Dialect;
use super::feature::Feature;
use super::naming::Naming;
use super::rational::Rational;
use super::uuid::Id;

pub use check::check;
pub use facts::{TrackFacts, draw_facts, is_atmos};
pub use metadata::{Extension, Metadata, Property, SoundLabel};
pub use read::read;
pub use sound::{LayoutSource, SoundLayout};

/// A composition, as the API shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Composition {
    /// Own id: what keys and schedules refer to.
    pub id: Id,
    /// The name operators see.
    pub content_title: Option<String>,
    /// Free text; should equal the title.
    pub annotation: Option<String>,
    /// Lower case when it is a standard kind; from the title when the document gives none.
    pub content_kind: Option<String>,
    /// Namespace of the kind, when the document gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind_scope: Option<String>,
    /// Format family.
    pub standard: Dialect,
    /// Who issued it.
    pub issuer: Option<String>,
    /// Which program wrote it.
    pub creator: Option<String>,
    /// As written; normally xs:dateTime.
    pub issue_date: Option<String>,
    /// Rate of the first reel's picture (per eye in 3D), else of its sound, else of its subtitle.
    pub edit_rate: Option<Rational>,
    /// Rate frames are shown at; twice the edit rate in 3D.
    pub frame_rate: Option<Rational>,
    /// Whether it plays at 48 frames a second and more, for each eye in 3D.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub high_frame_rate: bool,
    /// Sum over the reels, in edit units.
    pub duration_frames: u64,
    /// Exact sum over the reels, in seconds.
    pub duration_seconds: f64,
    /// In playing order.
    pub reels: Vec<Reel>,
    /// Stored picture size in pixels: from the track, the metadata or the pixel aspect; never from the title.
    pub resolution: Option<[u32; 2]>,
    /// Where the resolution comes from.
    pub resolution_source: Option<ResolutionSource>,
    /// Whether the picture is 3D.
    pub stereoscopic: bool,
    /// Over all tracks that have a file.
    pub encryption: Encryption,
    /// Channels of the sound track: from the track or the metadata; never from the title.
    pub sound_channels: Option<u32>,
    /// What the channels carry, as far as it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sound_layout: Option<SoundLayout>,
    /// Whether it plays an immersive sound track.
    pub immersive_audio: bool,
    /// Which kind of immersive sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub immersive_format: Option<ImmersiveFormat>,
    /// Language tags as written.
    pub languages: Languages,
    /// Whether it holds a signature.
    pub signed: bool,
    /// Who signed it, as the signature names the certificate; not checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
    /// Whether every track it names is in this package's packing lists.
    pub complete: bool,
    /// Tracks it takes from other packages, sorted.
    pub external_asset_ids: Vec<Id>,
    /// Tracks that belong to this package and whose file is absent or of the wrong size, sorted.
    pub missing_asset_ids: Vec<Id>,
    /// The title taken apart; `None` when it is off the convention.
    pub naming: Option<Naming>,
    /// The document, relative to the package folder.
    pub file: String,
    /// Content versions as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub content_versions: Vec<ContentVersion>,
    /// Ratings as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ratings: Vec<Rating>,
    /// Profiles and technologies the metadata claims.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<Feature>,
    /// Seconds from the start to the end credits, told by the markers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_credits_seconds: Option<f64>,
    /// Extended metadata of the first reel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
}

impl Composition {
    /// Keys its tracks are encrypted with, each once, sorted.
    #[must_use]
    pub fn key_ids(&self) -> Vec<Id> {
        let tracks = self.reels.iter().flat_map(|reel| &reel.assets).filter(|asset| asset.has_file());
        let ids: BTreeSet<&Id> = tracks.filter_map(|asset| asset.key_id.as_ref()).collect();
        ids.into_iter().cloned().collect()
    }
}

/// One reel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reel {
    /// Own id; not unique, never a key.
    pub id: Option<Id>,
    /// Position, from 1.
    pub index: u32,
    /// Length of the picture, else of the sound, else of the subtitle, in edit units.
    pub duration_frames: u64,
    /// Rate those edit units are in.
    pub edit_rate: Option<Rational>,
    /// What it plays, in document order.
    pub assets: Vec<ReelAsset>,
    /// Markers, offsets in edit units.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub markers: Vec<Marker>,
}

/// What part an element of a reel plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Picture, 2D or 3D.
    Picture,
    /// Sound.
    Sound,
    /// Subtitles.
    Subtitle,
    /// Captions of any kind.
    ClosedCaption,
    /// Immersive sound and other auxiliary data.
    Auxiliary,
    /// Markers: no file.
    Markers,
    /// Extended metadata: no file.
    Metadata,
    /// Unknown; has a file only if its id is in a packing list.
    Other,
}

/// One element of a reel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReelAsset {
    /// Id of the track.
    pub id: Id,
    /// Element name, without prefix.
    pub element: String,
    /// What part it plays.
    pub role: Role,
    /// Edit units a second.
    pub edit_rate: Option<Rational>,
    /// First edit unit played.
    pub entry_point: u64,
    /// Edit units played.
    pub duration_frames: u64,
    /// Edit units of the whole track.
    pub intrinsic_duration_frames: Option<u64>,
    /// Key of an encrypted track.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<Id>,
    /// Hash of the track as the composition gives it, base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// Pictures: rate frames are shown at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_rate: Option<Rational>,
    /// Pictures: aspect as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screen_aspect_ratio: Option<String>,
    /// Sound, subtitles, captions: language as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What kind of data an auxiliary track holds, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_type: Option<String>,
    /// Whether this is immersive sound.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub immersive: bool,
    /// Whether this package's packing lists name it.
    pub in_package: bool,
}

impl ReelAsset {
    /// Whether a file stands behind it; an unknown element has one only when the package names it.
    #[must_use]
    pub fn has_file(&self) -> bool {
        match self.role {
            Role::Markers | Role::Metadata => false,
            Role::Other => self.in_package,
            _ => true,
        }
    }
}

/// Kinds of immersive sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImmersiveFormat {
    /// Dolby Atmos.
    Atmos,
    /// Immersive audio bitstream (ST 2098-2).
    Iab,
}

/// A point in a reel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// Label, such as `FFEC`.
    pub label: String,
    /// Edit units from the start of the reel.
    pub offset_frames: u64,
}

/// Where a resolution comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResolutionSource {
    /// Header of the picture track.
    Mxf,
    /// Stored area in the extended metadata.
    Metadata,
    /// SMPTE aspect given in pixels.
    ScreenAspectRatio,
}

/// How much of a composition is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encryption {
    /// No track has a key.
    None,
    /// Some have.
    Partial,
    /// All have.
    Full,
}

/// Language tags by use, each once, in order of appearance.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Languages {
    /// Of sound tracks.
    pub sound: Vec<String>,
    /// Of subtitles.
    pub subtitle: Vec<String>,
    /// Of captions.
    pub closed_caption: Vec<String>,
}

/// A content version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentVersion {
    /// As written.
    pub id: Option<String>,
    /// As written.
    pub label: Option<String>,
}

/// A rating.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// Who rates.
    pub agency: Option<String>,
    /// The verdict.
    pub label: Option<String>,
}

#[cfg(test)]
mod tests;
