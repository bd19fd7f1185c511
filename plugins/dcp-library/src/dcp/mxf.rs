//! Header metadata of an MXF track file: what the playlist does not say. Never the essence.

mod klv;
mod sets;

use thiserror::Error;

use super::rational::Rational;
use super::uuid::Id;

/// Bytes to read first; enough for nearly all track files.
pub const FIRST_READ_BYTES: usize = 16 * 1024;
/// Most bytes of a header ever read.
pub const MAX_HEADER_BYTES: usize = 1024 * 1024;

/// What a track file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// Facts from a header; absent ones are `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// Id of the track, from the source package.
    pub asset_id: Option<Id>,
    /// What it holds.
    pub essence: Option<Essence>,
    /// Whether the essence is encrypted.
    pub encrypted: bool,
    /// Key of an encrypted track.
    pub key_id: Option<Id>,
    /// Whether the picture is 3D.
    pub stereoscopic: bool,
    /// Width and height in pixels.
    pub stored_size: Option<[u32; 2]>,
    /// Sound channels.
    pub channels: Option<u32>,
    /// Bits of a sound sample.
    pub sample_bits: Option<u32>,
    /// Sound samples a second.
    pub sampling_rate: Option<Rational>,
    /// Frames a second; twice the edit rate in 3D.
    pub sample_rate: Option<Rational>,
    /// Edit units a second.
    pub edit_rate: Option<Rational>,
    /// Length in edit units.
    pub container_duration: Option<u64>,
    /// Whether the labels are the old "MXF Interop" ones.
    pub interop_labels: bool,
    /// Whether the header is marked final.
    pub closed_complete: bool,
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
