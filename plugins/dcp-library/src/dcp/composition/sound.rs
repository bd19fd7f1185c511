//! What the channels of the main sound carry: from the metadata of the composition, else from the track.

use serde::{Deserialize, Serialize};

use super::Metadata;
use crate::dcp::mxf::Header;

/// Most channels kept; a track has 16.
const MAX_CHANNELS: usize = 64;

/// Sound field and what each channel carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoundLayout {
    /// Sound field as the convention writes it: `51`, `71`, `SDS`, `M`; absent when not told.
    pub soundfield: Option<String>,
    /// Label of every channel in order (`L`, `HI`, `VIN`, `FSKSync`); `None` for a silent one or one not told.
    pub channels: Vec<Option<String>>,
    /// Where this comes from.
    pub source: LayoutSource,
}

/// Where a sound layout comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LayoutSource {
    /// Main sound configuration of the composition metadata.
    Metadata,
    /// Labels in the header of the sound track.
    Mxf,
}

impl SoundLayout {
    /// Reads a main sound configuration, `51/L,R,C,LFE,Ls,Rs`; `None` when it lists no channels.
    #[must_use]
    pub fn of_configuration(text: &str) -> Option<Self> {
        let (field, channels) = text.split_once('/')?;
        let label = |label: &str| (label != "-").then(|| label.to_owned());
        let channels: Vec<_> =
            channels.split(',').map(str::trim).filter(|text| !text.is_empty()).take(MAX_CHANNELS).map(label).collect();
        let soundfield = Some(field.trim()).filter(|field| !matches!(*field, "" | "-")).map(str::to_owned);
        (!channels.is_empty()).then_some(Self { soundfield, channels, source: LayoutSource::Metadata })
    }

    /// The layout the labels of a track give; `None` when it has none, or only the placeholder some programs write.
    #[must_use]
    pub fn of_header(header: &Header) -> Option<Self> {
        let count = header.channels.and_then(|count| usize::try_from(count).ok()).unwrap_or(0).min(MAX_CHANNELS);
        let mut channels = vec![None; count];
        for label in &header.channel_labels {
            let index = label.channel.and_then(|channel| usize::try_from(channel).ok()?.checked_sub(1));
            let symbol = label.symbol.strip_prefix("ch").unwrap_or(&label.symbol);
            if let Some(channel) = index.and_then(|index| channels.get_mut(index)) {
                *channel = Some(symbol.to_owned());
            }
        }
        let soundfield = header.soundfield.as_deref().map(|field| field.strip_prefix("sg").unwrap_or(field).to_owned());
        let told = soundfield.is_some() || channels.iter().any(Option::is_some);
        told.then_some(Self { soundfield, channels, source: LayoutSource::Mxf })
    }

    /// The layout of a composition: what its metadata says, else what its track says.
    pub(super) fn of(metadata: Option<&Metadata>, header: Option<&Header>) -> Option<Self> {
        let configuration = metadata.and_then(|metadata| metadata.sound_configuration.as_deref());
        configuration.and_then(Self::of_configuration).or_else(|| header.and_then(Self::of_header))
    }

    /// How many channels it names.
    #[must_use]
    pub fn channel_count(&self) -> Option<u32> {
        u32::try_from(self.channels.len()).ok().filter(|count| *count > 0)
    }
}
