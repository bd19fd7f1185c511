//! Facts drawn from a composition together with its package: length, rates, size, languages, keys.

use std::collections::BTreeSet;

use super::{Composition, Encryption, Languages, Reel, ReelAsset, ResolutionSource, Role};
use crate::dcp::dialect::Dialect;
use crate::dcp::mxf::Header;
use crate::dcp::rational::{Seconds, parse_pair};
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
}

/// Fills in everything [`super::read()`] left open.
pub fn draw_facts(composition: &mut Composition, tracks: &dyn TrackFacts) {
    for asset in composition.reels.iter_mut().flat_map(|reel| &mut reel.assets) {
        asset.in_package = tracks.is_listed(&asset.id);
    }
    draw_timing(composition);
    draw_picture(composition, tracks);
    draw_sound(composition, tracks);
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
    let from_track = with_role(composition, Role::Sound).find_map(|sound| tracks.header(&sound.id)?.channels);
    let from_metadata = || composition.metadata.as_ref()?.sound_channels();
    let sound_channels = from_track.or_else(from_metadata);
    let immersive_audio = composition.reels.iter().flat_map(|reel| &reel.assets).any(|asset| asset.immersive);
    (composition.sound_channels, composition.immersive_audio) = (sound_channels, immersive_audio);
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
