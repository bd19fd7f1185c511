//! The composition playlist: reels, the tracks they play, and the facts drawn from them.

mod check;
mod facts;
mod read;

use serde::{Deserialize, Serialize};

use super::dialect::Dialect;
use super::naming::Naming;
use super::rational::Rational;
use super::uuid::Id;

pub use check::check;
pub use facts::{TrackFacts, draw_facts};
pub use read::read;

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
    /// Whether it plays an immersive sound track.
    pub immersive_audio: bool,
    /// Language tags as written.
    pub languages: Languages,
    /// Whether it holds a signature.
    pub signed: bool,
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
    /// Extended metadata of the first reel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
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

/// Extended metadata (ST 429-16), values as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// Title without the limits of the convention.
    pub full_content_title: Option<String>,
    /// Territory it is released in.
    pub release_territory: Option<String>,
    /// Version of the composition.
    pub version_number: Option<String>,
    /// `final`, `temp` or `pre`.
    pub version_status: Option<String>,
    /// Cinema chain it is made for.
    pub chain: Option<String>,
    /// Who distributes it.
    pub distributor: Option<String>,
    /// Who made it.
    pub facility: Option<String>,
    /// Screen luminance it is graded for.
    pub luminance: Option<String>,
    /// Unit of the luminance.
    pub luminance_units: Option<String>,
    /// Sound field and channel labels, such as `51/L,R,C,LFE,Ls,Rs`.
    pub sound_configuration: Option<String>,
    /// Sound samples a second.
    pub sound_sample_rate: Option<Rational>,
    /// Width and height of the stored picture.
    pub stored_area: Option<[u32; 2]>,
    /// Width and height of the picture without bars.
    pub active_area: Option<[u32; 2]>,
    /// Language tags of the subtitles.
    pub subtitle_languages: Vec<String>,
    /// Named groups of further values.
    pub extensions: Vec<Extension>,
}

impl Metadata {
    /// Channels named by the sound configuration; `None` when it lists none.
    #[must_use]
    pub fn sound_channels(&self) -> Option<u32> {
        let channels = self.sound_configuration.as_deref()?.split_once('/')?.1;
        let count = channels.split(',').filter(|channel| !channel.trim().is_empty()).count();
        u32::try_from(count).ok().filter(|count| *count > 0)
    }

    /// Whether it claims the Bv2.1 application profile.
    #[must_use]
    pub fn claims_bv21(&self) -> bool {
        self.extensions.iter().flat_map(|extension| &extension.properties).any(|property| {
            property.name.as_deref() == Some("DCP Constraints Profile")
                && property.value.as_deref().is_some_and(|value| value.starts_with("SMPTE-RDD-52"))
        })
    }
}

/// One extension of the metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// Namespace of the name.
    pub scope: Option<String>,
    /// Name of the extension.
    pub name: Option<String>,
    /// Its values.
    pub properties: Vec<Property>,
}

/// One value of an extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    /// Name.
    pub name: Option<String>,
    /// Value.
    pub value: Option<String>,
}

#[cfg(test)]
mod tests;
