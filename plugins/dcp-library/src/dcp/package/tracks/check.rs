//! What a track's header says against what its composition says.

use crate::dcp::composition::{ReelAsset, Role};
use crate::dcp::dialect::Dialect;
use crate::dcp::findings::Code;
use crate::dcp::mxf::{Essence, Header};
use crate::dcp::package::documents::Documents;

/// Sampling rates and sample size of cinema sound, and the most channels of a track.
const SAMPLING_RATES: [[u32; 2]; 2] = [[48_000, 1], [96_000, 1]];
const SAMPLE_BITS: u32 = 24;
const MAX_CHANNELS: u32 = 16;

/// Adds findings about one track file.
pub(super) fn check_header(
    asset: &ReelAsset,
    header: &Header,
    standard: Dialect,
    path: &str,
    documents: &mut Documents<'_>,
) {
    let mut add = |code, message: String| documents.findings.add(code, Some(path), message);
    let differs = Code::TrackHeaderDiffers;
    if let Some(id) = header.asset_id.as_ref().filter(|id| **id != asset.id) {
        add(differs, format!("the track calls itself {id}, the composition calls it {}", asset.id));
    }
    match (header.encrypted, &asset.key_id) {
        (true, None) => add(differs, "the track is encrypted, the composition names no key for it".to_owned()),
        (false, Some(_)) => add(differs, "the composition names a key, the track is not encrypted".to_owned()),
        (true, Some(stated)) => {
            if let Some(own) = header.key_id.as_ref().filter(|own| *own != stated) {
                add(differs, format!("the track needs the key {own}, the composition names {stated}"));
            }
        }
        (false, None) => {}
    }
    if let (Some(track), Some(stated)) = (header.container_duration, asset.intrinsic_duration_frames)
        && track < stated
    {
        add(differs, format!("the track lasts {track} edit units, the composition says {stated}"));
    }
    if let Some(essence) = header.essence.filter(|essence| !fits(*essence, asset.role)) {
        add(differs, format!("the composition plays it as {}, it holds {}", asset.element, label(essence)));
    }
    if asset.role == Role::Picture && header.stereoscopic && asset.element != "MainStereoscopicPicture" {
        add(differs, "the track is 3D, the composition plays it as 2D".to_owned());
    }
    if header.interop_labels != (standard == Dialect::Interop) {
        let message = "the track file is labelled the way of the other format family; servers rarely mind";
        add(Code::TrackLabelsDiffer, message.to_owned());
    }
    if asset.role == Role::Sound {
        check_sound(header, &mut add);
    }
}

fn check_sound(header: &Header, add: &mut impl FnMut(Code, String)) {
    let mut unusual = |message: String| add(Code::SoundUnusual, message);
    if let Some(rate) = header.sampling_rate.map(<[u32; 2]>::from).filter(|rate| !SAMPLING_RATES.contains(rate)) {
        unusual(format!("its sound has {}/{} samples a second; cinemas play 48 or 96 kHz", rate[0], rate[1]));
    }
    if let Some(bits) = header.sample_bits.filter(|bits| *bits != SAMPLE_BITS) {
        unusual(format!("its samples have {bits} bits; cinemas play {SAMPLE_BITS}"));
    }
    if let Some(count) = header.channels.filter(|count| count % 2 == 1 || *count > MAX_CHANNELS) {
        unusual(format!("it has {count} channels; cinemas play an even number up to {MAX_CHANNELS}"));
    }
}

fn fits(essence: Essence, role: Role) -> bool {
    match role {
        Role::Picture => matches!(essence, Essence::Jpeg2000 | Essence::Mpeg2),
        Role::Sound => essence == Essence::Pcm,
        Role::Subtitle | Role::ClosedCaption => essence == Essence::TimedText,
        _ => true,
    }
}

fn label(essence: Essence) -> &'static str {
    match essence {
        Essence::Jpeg2000 | Essence::Mpeg2 => "a picture",
        Essence::Pcm => "sound",
        Essence::TimedText => "timed text",
        Essence::Atmos | Essence::Iab => "immersive sound",
        Essence::Data => "other data",
    }
}
