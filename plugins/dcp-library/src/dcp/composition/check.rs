//! What is wrong or odd about one composition, once its facts are drawn.

mod claims;

use super::{Composition, Encryption, LayoutSource, Reel, ReelAsset, Role, SoundLayout};
use crate::dcp::dialect::Dialect;
use crate::dcp::feature::Feature;
use crate::dcp::findings::{Code, shorten};
use crate::dcp::rational::Rational;
use crate::dcp::report::Report;

/// Adds findings about the composition's own text, its reels, and its title's claims.
pub fn check(composition: &Composition, report: &mut Report<'_>) {
    if composition.standard == Dialect::Imf {
        return;
    }
    check_title(composition, report);
    if composition.reels.is_empty() {
        report.add(Code::CompositionEmpty, "the composition has no reels");
    }
    for reel in &composition.reels {
        check_reel(reel, report);
    }
    check_absent(composition, report);
    check_rate(composition, report);
    check_layout(composition, report);
    if composition.encryption != Encryption::None && !composition.signed {
        report.add(Code::EncryptedUnsigned, "the composition is encrypted but not signed; servers may refuse it");
    }
    if !composition.external_asset_ids.is_empty() {
        let count = composition.external_asset_ids.len();
        report.add(Code::ExternalAssets, format!("{count} of its tracks are in other packages; bring those as well"));
    }
    if composition.features.contains(&Feature::Bv21) {
        report.add(Code::ProfileBv21, "the composition claims the Bv2.1 profile");
    }
    claims::check(composition, report);
}

fn check_title(composition: &Composition, report: &mut Report<'_>) {
    let Some(title) = composition.content_title.as_deref() else {
        report.add(Code::ValueMissing, "the composition has no content title");
        return;
    };
    if composition.annotation.as_deref().is_some_and(|annotation| annotation != title) {
        let message = format!("the annotation differs from the content title \"{}\"", shorten(title));
        report.add(Code::AnnotationDiffers, message);
    }
    if composition.naming.is_none() {
        report.add(
            Code::TitleOffConvention,
            format!("the title \"{}\" does not follow the naming convention", shorten(title)),
        );
    }
}

fn check_reel(reel: &Reel, report: &mut Report<'_>) {
    let index = reel.index;
    let has = |role| reel.assets.iter().any(|asset| asset.role == role);
    if !has(Role::Picture) && !has(Role::Sound) {
        report.add(Code::ReelEmpty, format!("reel {index} has neither picture nor sound"));
    }
    for asset in reel.assets.iter().filter(|asset| !matches!(asset.role, Role::Markers | Role::Metadata)) {
        let end = asset.entry_point.saturating_add(asset.duration_frames);
        if let Some(intrinsic) = asset.intrinsic_duration_frames.filter(|intrinsic| end > *intrinsic) {
            let message =
                format!("{} of reel {index} plays to edit unit {end} of a track with {intrinsic}", asset.element);
            report.add(Code::DurationBeyondTrack, message);
        }
    }
    check_tracks_agree(reel, report);
}

/// Reels that show nothing or play nothing; those without both are told one by one.
fn check_absent(composition: &Composition, report: &mut Report<'_>) {
    for (role, other, code, word) in [
        (Role::Picture, Role::Sound, Code::PictureAbsent, "picture"),
        (Role::Sound, Role::Picture, Code::SoundAbsent, "sound"),
    ] {
        let has = |reel: &Reel, role| reel.assets.iter().any(|asset| asset.role == role);
        let lacking = composition.reels.iter().filter(|reel| !has(reel, role) && has(reel, other)).count();
        if lacking > 0 {
            let count = composition.reels.len();
            report.add(code, format!("{lacking} of {count} reels have no {word}"));
        }
    }
}

/// Rates the standards know for the picture's size, for each eye in 3D.
fn check_rate(composition: &Composition, report: &mut Report<'_>) {
    let pictures = composition.reels.iter().flat_map(|reel| &reel.assets).filter(|asset| asset.role == Role::Picture);
    let Some(rate) = pictures.filter_map(|picture| picture.edit_rate).next() else { return };
    let is_4k = composition.resolution.is_some_and(|[width, _]| width > 2048);
    let known: &[u32] = match (is_4k, composition.stereoscopic) {
        (true, false) => &[24, 25, 30],
        (true, true) => &[24],
        _ => &[24, 25, 30, 48, 50, 60],
    };
    if !known.iter().any(|whole| Rational::new(*whole, 1).is_some_and(|whole| whole.same_value(rate))) {
        let [numerator, denominator] = <[u32; 2]>::from(rate);
        let message = format!(
            "it plays {numerator}/{denominator} frames a second, which few {} projectors take; try it beforehand",
            if is_4k { "4K" } else { "2K" }
        );
        report.add(Code::FrameRateUnusual, message);
    }
}

fn check_layout(composition: &Composition, report: &mut Report<'_>) {
    let layout = composition.sound_layout.as_ref().filter(|layout| layout.source == LayoutSource::Metadata);
    if let (Some(named), Some(present)) = (layout.and_then(SoundLayout::channel_count), composition.sound_channels)
        && named != present
    {
        let message = format!("the metadata names {named} sound channels, the track has {present}; the track counts");
        report.add(Code::SoundLayoutDiffers, message);
    }
}

/// The tracks of a reel that run together must have one rate and one length.
fn check_tracks_agree(reel: &Reel, report: &mut Report<'_>) {
    let index = reel.index;
    let is_timed =
        |asset: &&ReelAsset| matches!(asset.role, Role::Picture | Role::Sound | Role::Subtitle | Role::ClosedCaption);
    let mut timed = reel.assets.iter().filter(is_timed);
    let Some(first) = timed.next() else { return };
    for other in timed {
        let rates = first.edit_rate.zip(other.edit_rate);
        if rates.is_some_and(|(left, right)| !left.same_value(right)) {
            let message = format!("{} and {} of reel {index} have different edit rates", first.element, other.element);
            report.add(Code::ReelRateDiffers, message);
        } else if first.duration_frames != other.duration_frames {
            let message = format!(
                "{} of reel {index} lasts {} edit units, {} {}",
                first.element, first.duration_frames, other.element, other.duration_frames
            );
            report.add(Code::ReelLengthDiffers, message);
        }
    }
}
