//! What a title claims against what the files are.

use crate::dcp::composition::{Composition, Role};
use crate::dcp::findings::{Code, shorten};
use crate::dcp::naming::{Naming, PackageType};
use crate::dcp::report::Report;

/// Widest 2K picture, in pixels.
const WIDTH_2K: u32 = 2048;
/// Shape from which on, in thousandths, a picture is scope, and from which on it fills the container.
const SCOPE_FROM: u64 = 2200;
const FULL_FROM: u64 = 1875;
const FLAT_FROM: u64 = 1800;

/// Reports every claim of the title that the facts contradict; what is not known contradicts nothing.
pub(super) fn check(composition: &Composition, report: &mut Report<'_>) {
    let Some(naming) = &composition.naming else {
        return;
    };
    let mut differs = |claim: &str, fact: &str| {
        let message = format!("the title says {}, the package is {}", shorten(claim), shorten(fact));
        report.add(Code::ClaimDiffers, message);
    };
    if let Some(claimed) = naming.standard.filter(|claimed| *claimed != composition.standard) {
        differs(claimed.label(), composition.standard.label());
    }
    if let Some((claim, fact)) = kind(naming, composition) {
        differs(claim, fact);
    }
    picture(naming, composition, &mut differs);
    sound(naming, composition, &mut differs);
    match naming.package_type {
        Some(PackageType::Ov) if !composition.complete => differs("OV", "a version file that needs another package"),
        Some(PackageType::Vf) if composition.complete => differs("VF", "complete by itself"),
        _ => {}
    }
}

fn kind<'c>(naming: &'c Naming, composition: &'c Composition) -> Option<(&'c str, &'c str)> {
    let (claim, fact) = (naming.content_kind.as_deref()?, composition.content_kind.as_deref()?);
    (!claim.eq_ignore_ascii_case(fact)).then_some((claim, fact))
}

fn picture(naming: &Naming, composition: &Composition, differs: &mut impl FnMut(&str, &str)) {
    if let (Some(claimed), Some([width, _])) = (naming.resolution.as_deref(), composition.resolution) {
        let is_4k = width > WIDTH_2K;
        if (claimed == "4K" && !is_4k) || (claimed == "2K" && is_4k) {
            differs(claimed, if is_4k { "4K" } else { "2K" });
        }
    }
    if let (Some(claimed), Some(fact)) = (naming.aspect.as_deref(), composition.resolution.and_then(container))
        && claimed != fact
    {
        differs(claimed, fact);
    }
    let has_picture = composition.reels.iter().flat_map(|reel| &reel.assets).any(|asset| asset.role == Role::Picture);
    match naming.stereoscopic {
        Some(claimed) if has_picture && claimed != composition.stereoscopic => {
            let word = |stereoscopic| if stereoscopic { "3D" } else { "2D" };
            differs(word(claimed), word(composition.stereoscopic));
        }
        _ => {}
    }
}

/// The container of a stored picture size, in the words of the naming; `None` for other sizes, such as television's.
fn container([width, height]: [u32; 2]) -> Option<&'static str> {
    match u64::from(width).saturating_mul(1000).checked_div(u64::from(height))? {
        SCOPE_FROM.. => Some("scope"),
        FULL_FROM.. => Some("full"),
        FLAT_FROM.. => Some("flat"),
        _ => None,
    }
}

fn sound(naming: &Naming, composition: &Composition, differs: &mut impl FnMut(&str, &str)) {
    if let (Some(claimed), Some(fact)) = (naming.sound_channels, composition.sound_channels)
        && claimed > fact
    {
        differs(&format!("{claimed} sound channels"), &format!("of {fact}"));
    }
    let claims = |words: &[&str]| naming.audio.iter().any(|word| words.contains(&word.as_str()));
    if claims(&["ATMOS", "IAB"]) && !composition.immersive_audio && !composition.reels.is_empty() {
        differs("immersive sound", "without");
    }
    if let (Some(claimed), [fact]) = (naming.audio_language.as_deref(), composition.languages.sound.as_slice())
        && !is_same_language(claimed, fact)
    {
        differs(&format!("sound in \"{claimed}\""), &format!("in \"{fact}\""));
    }
}

/// Whether two tags may stand for one spoken language. Free text, as Interop writes it, is no tag and may be any.
fn is_same_language(one: &str, other: &str) -> bool {
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let (one, other) = (primary(one), primary(other));
    let is_tag = |tag: &str| (2..=3).contains(&tag.len()) && tag.is_ascii();
    if one == other || !is_tag(&one) || !is_tag(&other) || one.len() != other.len() {
        return true;
    }
    ["und", "mul", "zxx"].iter().any(|open| *open == one || *open == other)
        || ["nb nn no", "sr hr bs sh", "id ms", "cmn yue nan"]
            .iter()
            .any(|group| group.split(' ').any(|tag| tag == one) && group.split(' ').any(|tag| tag == other))
}
