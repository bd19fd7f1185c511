//! What a composition was made for beyond plain picture and sound: claimed by its metadata or its title.

use serde::{Deserialize, Serialize};

/// A profile or technology a composition claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Feature {
    /// Made to the Bv2.1 application profile (RDD 52).
    Bv21,
    /// Immersive sound to the IAB profile.
    IabProfile,
    /// Graded for Dolby Vision.
    DolbyVision,
    /// Graded for high dynamic range (DCI HDR, ST 2084).
    Hdr,
    /// Graded for EclairColor.
    EclairColor,
    /// Carries motion data for D-BOX seats.
    Dbox,
    /// Carries a sign language video.
    SignLanguageVideo,
    /// Made for EPIQ screens.
    Epiq,
    /// Made for Infinity Vision screens.
    InfinityVision,
    /// Carries its EIDR identifier.
    Eidr,
}

impl Feature {
    /// What a property of an extension of the composition metadata claims. `None` for unknown extensions; the extension
    /// is kept as written all the same.
    #[must_use]
    pub fn of_extension(name: &str, property: Option<&str>, value: Option<&str>) -> Option<Self> {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        let value = value.unwrap_or_default();
        match property.unwrap_or_default() {
            "DCP Constraints Profile" => value.starts_with("SMPTE-RDD-52").then_some(Self::Bv21),
            "IAB Profile" => Some(Self::IabProfile),
            "EOTF" if is("Image Encoding Parameters") => (value == "ST 2084").then_some(Self::Hdr),
            _ if is("Dolby EDR") => Some(Self::DolbyVision),
            _ if is("Eclair Color") => Some(Self::EclairColor),
            _ if is("D-BOX Enabled") => Some(Self::Dbox),
            _ if is("Sign Language Video") => Some(Self::SignLanguageVideo),
            _ if is("EPIQ") => Some(Self::Epiq),
            _ if is("EIDR") => Some(Self::Eidr),
            _ => None,
        }
    }

    /// What an upper case word of a title's type field claims.
    #[must_use]
    pub fn of_title_word(upper: &str) -> Option<Self> {
        match upper {
            "DVIS" => Some(Self::DolbyVision),
            "HDR1" => Some(Self::Hdr),
            "EC" => Some(Self::EclairColor),
            "EPIQ" => Some(Self::Epiq),
            "INFV" => Some(Self::InfinityVision),
            _ => None,
        }
    }
}
