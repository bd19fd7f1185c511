//! Facts drawn from a composition together with its package: length, rates, size, languages, keys.

use std::collections::BTreeSet;

use super::{
    Composition, Encryption, ImmersiveFormat, Languages, Reel, ReelAsset, ResolutionSource, Role, SoundLayout,
};
use crate::dcp::dialect::Dialect;
use crate::dcp::feature::Feature;
use crate::dcp::mxf::{Essence, Header};
use crate::dcp::rational::{Rational, Seconds, parse_pair};
use crate::dcp::uuid::Id;

/// Two integers of at least this many pixels are a size, smaller ones a ratio.
const PIXELS_MIN: [u32; 2] = [640, 320];

/// What the package knows about tracks.
pub trait TrackFacts {
    /// Whether a packing list of this package names the id.
    fn is_listed(&self, id: &Id) -> bool;
    /// Whether its file is here with the right size.
    fn is_present(&self, id: &Id) -> bool;
    /// Header of a track file, if it was read.
    fn header(&self, id: &Id) -> Option<&Header>;
    /// Language of a track its own file tells, where the composition tells none.
    fn language(&self, id: &Id) -> Option<&str>;
}

/// Labels of the data types of immersive sound: Dolby Atmos.
const ATMOS_DATA_TYPE: &str = "060e2b34.04010105.0e090604";
/// From this rate on, times two, a composition counts as high frame rate: 47.5 takes in 48000/1001.
const HIGH_RATE_DOUBLED: u64 = 95;

/// Fills in everything [`super::read()`] left open.
pub fn draw_facts(composition: &mut Composition, tracks: &dyn TrackFacts) {
    for asset in composition.reels.iter_mut().flat_map(|reel| &mut reel.assets) {
        asset.in_package = tracks.is_listed(&asset.id);
        if asset.language.is_none() {
            asset.language = tracks.language(&asset.id).map(str::to_owned);
        }
    }
    draw_timing(composition);
    draw_picture(composition, tracks);
    draw_sound(composition, tracks);
    draw_immersive(composition, tracks);
    composition.end_credits_seconds = end_credits(composition);
    composition.languages = languages(composition);
    composition.encryption = encryption(composition);
    draw_completeness(composition, tracks);
}

fn draw_timing(composition: &mut Composition) {
    let mut seconds = Seconds::ZERO;
    for reel in &mut composition.reels {
        let Some((frames, rate)) = leading_track(reel).map(|track| (track.duration_frames, track.edit_rate)) else {
            continue;
        };
        (reel.duration_frames, reel.edit_rate) = (frames, rate);
        composition.duration_frames = composition.duration_frames.saturating_add(frames);
        if let Some(rate) = rate {
            seconds = seconds.plus(frames, rate);
        }
    }
    composition.duration_seconds = seconds.as_f64();
    composition.edit_rate = composition.reels.iter().find_map(|reel| reel.edit_rate);
    let picture_rate = with_role(composition, Role::Picture).find_map(|picture| picture.frame_rate);
    composition.frame_rate = picture_rate.or(composition.edit_rate);
    let is_high = |rate: Rational| {
        u64::from(rate.numerator()) * 2 >= u64::from(rate.denominator()).saturating_mul(HIGH_RATE_DOUBLED)
    };
    let eye_rate = with_role(composition, Role::Picture).find_map(|picture| picture.edit_rate);
    composition.high_frame_rate = eye_rate.is_some_and(is_high);
}

/// Where the end credits begin, as automation asks: at the first of their frames, else at the first that moves.
fn end_credits(composition: &Composition) -> Option<f64> {
    let mut before = Seconds::ZERO;
    for reel in &composition.reels {
        let marker = |label: &str| reel.markers.iter().find(|marker| marker.label == label);
        let rate = reel.edit_rate?;
        if let Some(marker) = marker("FFEC").or_else(|| marker("FFMC")) {
            return Some(before.plus(marker.offset_frames, rate).as_f64());
        }
        before = before.plus(reel.duration_frames, rate);
    }
    None
}

/// The track that gives a reel its length and rate: picture, else sound, else subtitle, else the
/// first of any other kind with a file.
fn leading_track(reel: &Reel) -> Option<&ReelAsset> {
    let of = |role| reel.assets.iter().find(|asset| asset.role == role);
    let any = || reel.assets.iter().find(|asset| !matches!(asset.role, Role::Markers | Role::Metadata));
    of(Role::Picture).or_else(|| of(Role::Sound)).or_else(|| of(Role::Subtitle)).or_else(any)
}

fn with_role(composition: &Composition, role: Role) -> impl Iterator<Item = &ReelAsset> {
    composition.reels.iter().flat_map(|reel| &reel.assets).filter(move |asset| asset.role == role)
}

fn draw_picture(composition: &mut Composition, tracks: &dyn TrackFacts) {
    let headers = || with_role(composition, Role::Picture).filter_map(|picture| tracks.header(&picture.id));
    let from_track = || headers().find_map(|header| header.stored_size).map(|size| (size, ResolutionSource::Mxf));
    let from_metadata = || Some((composition.metadata.as_ref()?.stored_area?, ResolutionSource::Metadata));
    let from_aspect = || {
        let aspect = with_role(composition, Role::Picture)
            .find_map(|picture| pixels(picture.screen_aspect_ratio.as_deref()?))?;
        Some((aspect, ResolutionSource::ScreenAspectRatio))
    };
    let resolution = from_track().or_else(from_metadata).or_else(from_aspect);
    let has_picture = with_role(composition, Role::Picture).next().is_some();
    let claimed = || composition.naming.as_ref().is_some_and(|naming| naming.stereoscopic == Some(true));
    let stereoscopic = with_role(composition, Role::Picture)
        .any(|picture| picture.element == "MainStereoscopicPicture")
        || headers().any(|header| header.stereoscopic)
        || (!has_picture && claimed());
    (composition.resolution, composition.resolution_source) = resolution.unzip();
    composition.stereoscopic = stereoscopic;
}

fn pixels(aspect: &str) -> Option<[u32; 2]> {
    let (width, height) = parse_pair(aspect)?;
    let size = [width, height?];
    size.iter().zip(PIXELS_MIN).all(|(side, min)| *side >= min).then_some(size)
}

fn draw_sound(composition: &mut Composition, tracks: &dyn TrackFacts) {
    let headers = || with_role(composition, Role::Sound).filter_map(|sound| tracks.header(&sound.id));
    let from_track = headers().find_map(|header| header.channels);
    let layout = SoundLayout::of(composition.metadata.as_ref(), headers().find(|header| header.channels.is_some()));
    composition.sound_channels = from_track.or_else(|| layout.as_ref()?.channel_count());
    composition.sound_layout = layout;
}

/// A track is immersive sound by its element, else by its own header, else because the composition claims it and has
/// one track of a type unknown to us.
fn draw_immersive(composition: &mut Composition, tracks: &dyn TrackFacts) {
    let title = composition.naming.as_ref();
    let claims_iab = composition.features.contains(&Feature::IabProfile)
        || title.is_some_and(|naming| naming.audio.iter().any(|word| word == "IAB"));
    let mut format = None;
    for asset in composition.reels.iter_mut().flat_map(|reel| &mut reel.assets) {
        let found = immersive_format(asset, tracks.header(&asset.id), claims_iab);
        asset.immersive |= found.is_some();
        format = format.or(found);
    }
    composition.immersive_format = format;
    composition.immersive_audio = composition.reels.iter().flat_map(|reel| &reel.assets).any(|asset| asset.immersive);
}

/// Whether a data type of an auxiliary track is Dolby Atmos.
#[must_use]
pub fn is_atmos(data_type: &str) -> bool {
    data_type.to_ascii_lowercase().contains(ATMOS_DATA_TYPE)
}

fn immersive_format(asset: &ReelAsset, header: Option<&Header>, claims_iab: bool) -> Option<ImmersiveFormat> {
    if !matches!(asset.role, Role::Auxiliary | Role::Other) {
        return None;
    }
    match header.and_then(|header| header.essence) {
        Some(Essence::Atmos) => return Some(ImmersiveFormat::Atmos),
        Some(Essence::Iab) => return Some(ImmersiveFormat::Iab),
        Some(_) if asset.role == Role::Auxiliary && !asset.immersive => return None,
        _ => {}
    }
    match asset.data_type.as_deref() {
        Some(data_type) if is_atmos(data_type) => Some(ImmersiveFormat::Atmos),
        Some(_) if asset.role == Role::Auxiliary => claims_iab.then_some(ImmersiveFormat::Iab),
        _ if !asset.immersive => None,
        _ if asset.role == Role::Auxiliary => Some(ImmersiveFormat::Atmos),
        _ => Some(ImmersiveFormat::Iab),
    }
}

fn languages(composition: &Composition) -> Languages {
    let of = |role| {
        let mut tags: Vec<String> = Vec::new();
        for language in with_role(composition, role).filter_map(|asset| asset.language.as_deref()) {
            if !tags.iter().any(|tag| tag == language) {
                tags.push(language.to_owned());
            }
        }
        tags
    };
    let mut languages =
        Languages { sound: of(Role::Sound), subtitle: of(Role::Subtitle), closed_caption: of(Role::ClosedCaption) };
    if languages.subtitle.is_empty()
        && let Some(metadata) = &composition.metadata
    {
        languages.subtitle.clone_from(&metadata.subtitle_languages);
    }
    languages
}

/// Interop subtitles are never encrypted and do not count.
fn encryption(composition: &Composition) -> Encryption {
    let counts = |asset: &&ReelAsset| {
        asset.has_file() && !(composition.standard == Dialect::Interop && asset.role == Role::Subtitle)
    };
    let mut keyed =
        composition.reels.iter().flat_map(|reel| &reel.assets).filter(counts).map(|asset| asset.key_id.is_some());
    match keyed.next() {
        None => Encryption::None,
        Some(first) if keyed.all(|other| other == first) => {
            if first {
                Encryption::Full
            } else {
                Encryption::None
            }
        }
        Some(_) => Encryption::Partial,
    }
}

fn draw_completeness(composition: &mut Composition, tracks: &dyn TrackFacts) {
    let (mut external, mut missing) = (BTreeSet::new(), BTreeSet::new());
    for asset in composition.reels.iter().flat_map(|reel| &reel.assets).filter(|asset| asset.has_file()) {
        if !asset.in_package {
            external.insert(asset.id.clone());
        } else if !tracks.is_present(&asset.id) {
            missing.insert(asset.id.clone());
        }
    }
    composition.complete = external.is_empty();
    composition.external_asset_ids = external.into_iter().collect();
    composition.missing_asset_ids = missing.into_iter().collect();
}
