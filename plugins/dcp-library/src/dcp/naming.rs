//! The naming convention in content titles: twelve fields, often bent.
//!
//! Underscores are not counted. Everything before the first field shaped like a content type is the
//! title; the rest is aligned with the remaining slots by shape, in order, each slot optional, so
//! that the sum of certainties is greatest. The result is a claim, never a fact.

mod align;
mod fields;
mod languages;
mod tables;

use serde::{Deserialize, Serialize};

use super::dialect::Dialect;
use super::feature::Feature;

pub use fields::decode;

/// A content title taken apart. Absent fields are left out of the JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Naming {
    /// Film title field, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Whether the title is marked as made for IMAX screens.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub imax: bool,
    /// Content type code, upper case (`FTR`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub type_code: Option<String>,
    /// Content kind the type stands for (`feature`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_kind: Option<String>,
    /// Version number of the type field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Frame rate of the type field, when not 24.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frame_rate: Option<u32>,
    /// Luminance of the type field (`14fl`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub luminance: Option<String>,
    /// Other words of the type field, as written (`RedBand`, `Temp`, `DVis`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub modifiers: Vec<String>,
    /// How final the type field claims it to be: `temp`, `pre` or `final`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version_status: Option<String>,
    /// Ways of making the picture the type field claims.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<Feature>,
    /// `flat`, `scope` or `full`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect: Option<String>,
    /// Image ratio inside the container, as written (`133`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_ratio: Option<String>,
    /// Language of the sound as a tag; absent for none (`XX`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_language: Option<String>,
    /// Languages of subtitles as tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subtitle_languages: Vec<String>,
    /// Whether the subtitles are part of the picture.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub burnt_in_subtitles: bool,
    /// Caption words, upper case (`CCAP`, `OCAP`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub captions: Vec<String>,
    /// Territory, upper case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub territory: Option<String>,
    /// What the territory stands for: a country code (`GB` for `UK`) or an area code (`001` for `INT`); absent for
    /// territories that are neither.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Whether an international version has texts in the picture (`INT-TD`) or not (`INT-TL`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub texted: Option<bool>,
    /// Rating in that territory, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<String>,
    /// Channels of the sound bed (`51` is 6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sound_channels: Option<u32>,
    /// Words of the audio field, upper case (`51`, `ATMOS`, `HI`, `VI`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub audio: Vec<String>,
    /// `2K`, `4K` or `8K`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
    /// Studio code, upper case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub studio: Option<String>,
    /// Date, `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Facility code, upper case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facility: Option<String>,
    /// Claimed format family.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard: Option<Dialect>,
    /// Whether it claims 3D (`true`) or 2D (`false`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stereoscopic: Option<bool>,
    /// Whether it claims to be an original version or a version file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package_type: Option<PackageType>,
    /// Number of the version file (`VF-2`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package_version: Option<u32>,
}

/// Last field of a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum PackageType {
    /// Original version.
    Ov,
    /// Version file.
    Vf,
}

#[cfg(test)]
mod tests;
