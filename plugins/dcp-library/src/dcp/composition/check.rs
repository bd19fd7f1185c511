//! What is wrong or odd about one composition, once its facts are drawn.

use super::{Composition, Encryption, Reel, ReelAsset, Role};
use crate::dcp::dialect::Dialect;
use crate::dcp::findings::{Code, shorten};
use crate::dcp::naming::PackageType;
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
    if composition.encryption != Encryption::None && !composition.signed {
        report.add(Code::EncryptedUnsigned, "the composition is encrypted but not signed; servers may refuse it");
    }
    if !composition.external_asset_ids.is_empty() {
        let count = composition.external_asset_ids.len();
        report.add(Code::ExternalAssets, format!("{count} of its tracks are in other packages; bring those as well"));
    }
    if composition.metadata.as_ref().is_some_and(super::Metadata::claims_bv21) {
        report.add(Code::ProfileBv21, "the composition claims the Bv2.1 profile");
    }
    check_claims(composition, report);
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

/// What the title says against what the files are.
fn check_claims(composition: &Composition, report: &mut Report<'_>) {
    let Some(naming) = &composition.naming else {
        return;
    };
    let mut differs = |claim: &str, fact: &str| {
        report.add(Code::ClaimDiffers, format!("the title says {claim}, the package is {fact}"));
    };
    if let Some(claimed) = naming.standard.filter(|claimed| *claimed != composition.standard) {
        differs(claimed.label(), composition.standard.label());
    }
    if let (Some(claimed), Some([width, _])) = (naming.resolution.as_deref(), composition.resolution) {
        let is_4k = width > 2048;
        if (claimed == "4K" && !is_4k) || (claimed == "2K" && is_4k) {
            differs(claimed, if is_4k { "4K" } else { "2K" });
        }
    }
    let has_picture = composition.reels.iter().flat_map(|reel| &reel.assets).any(|asset| asset.role == Role::Picture);
    match naming.stereoscopic {
        Some(claimed) if has_picture && claimed != composition.stereoscopic => {
            let word = |stereoscopic| if stereoscopic { "3D" } else { "2D" };
            differs(word(claimed), word(composition.stereoscopic));
        }
        _ => {}
    }
    if naming.package_type == Some(PackageType::Ov) && !composition.complete {
        differs("OV", "a version file that needs another package");
    }
}
