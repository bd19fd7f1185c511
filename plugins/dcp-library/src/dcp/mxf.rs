//! Header metadata of an MXF track file: what the playlist does not say. Never the essence.

mod klv;
mod sets;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::rational::Rational;
use super::uuid::Id;

/// Bytes to read first; enough for nearly all track files.
pub const FIRST_READ_BYTES: usize = 16 * 1024;
/// Most bytes of a header ever read.
pub const MAX_HEADER_BYTES: usize = 1024 * 1024;

/// What a track file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Essence {
    /// JPEG 2000 picture.
    Jpeg2000,
    /// MPEG-2 picture.
    Mpeg2,
    /// Uncompressed sound.
    Pcm,
    /// Subtitles or captions.
    TimedText,
    /// Dolby Atmos.
    Atmos,
    /// Immersive audio bitstream.
    Iab,
    /// Another kind of data.
    Data,
}

/// Facts from a header; absent ones are `None`, empty, or left out of the JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Header {
    /// Id of the track, from the source package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asset_id: Option<Id>,
    /// What it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub essence: Option<Essence>,
    /// Whether the essence is encrypted.
    pub encrypted: bool,
    /// Key of an encrypted track.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_id: Option<Id>,
    /// Whether the picture is 3D.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub stereoscopic: bool,
    /// Width and height in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stored_size: Option<[u32; 2]>,
    /// Shape of the picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect_ratio: Option<Rational>,
    /// Whether the picture is coded to the 4K profile of cinemas (`true`) or the 2K one (`false`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_4k: Option<bool>,
    /// Sound channels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channels: Option<u32>,
    /// Bits of a sound sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample_bits: Option<u32>,
    /// Bytes of the samples of all channels at one time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_align: Option<u32>,
    /// Sound samples a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sampling_rate: Option<Rational>,
    /// Label of the sound field, such as `sg51`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub soundfield: Option<String>,
    /// Labels of the sound channels, in file order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channel_labels: Vec<ChannelLabel>,
    /// Frames a second; twice the edit rate in 3D.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample_rate: Option<Rational>,
    /// Edit units a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edit_rate: Option<Rational>,
    /// Length in edit units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_duration: Option<u64>,
    /// Namespace of the timed text inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_namespace: Option<String>,
    /// Languages of the timed text inside, as written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub text_languages: Vec<String>,
    /// Fonts and images inside a timed text track.
    #[serde(skip_serializing_if = "is_zero")]
    pub text_resources: u32,
    /// What an Atmos track holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub atmos: Option<Atmos>,
    /// Company whose program wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Program that wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// Version of that program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_version: Option<String>,
    /// Whether the labels are the old "MXF Interop" ones.
    pub interop_labels: bool,
    /// Whether the header is marked final.
    pub closed_complete: bool,
}

/// Label of one sound channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelLabel {
    /// Channel of the file, from 1.
    pub channel: Option<u32>,
    /// Tag of what it carries, such as `chL`, `chHI`.
    pub symbol: String,
}

/// Limits of an Atmos track.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Atmos {
    /// Version of the format.
    pub version: Option<u32>,
    /// Most channels at one time.
    pub channels: Option<u32>,
    /// Most objects at one time.
    pub objects: Option<u32>,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Why no header was read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HeaderError {
    /// The header is longer than the bytes given; `bytes` from the start of the file are needed.
    #[error("the header needs {bytes} bytes")]
    NeedsMore {
        /// Bytes from the start of the file.
        bytes: usize,
    },
    /// No header partition.
    #[error("it does not start with an MXF header")]
    NotMxf,
    /// The header breaks off or its lengths make no sense.
    #[error("its MXF header is damaged")]
    Damaged,
}

/// Reads the header out of the first bytes of a file.
///
/// # Errors
/// [`HeaderError::NeedsMore`] asks for a longer read; the others are final.
pub fn read_header(bytes: &[u8]) -> Result<Header, HeaderError> {
    let partition = klv::header_partition(bytes)?;
    let mut header = Header {
        interop_labels: partition.interop_labels,
        closed_complete: partition.closed_complete,
        encrypted: partition.encrypted_container,
        ..Header::default()
    };
    sets::read(&partition, &mut header)?;
    Ok(header)
}

#[cfg(test)]
mod tests;
