//! From aligned fields to their meaning.

use super::align::{Slot, align, is_audio_word, is_language};
use super::languages;
use super::tables::{CAPTIONS, FRAME_RATES, LATE_FRAME_RATES, SOUND_BEDS, SPECIAL_TERRITORIES, STATUSES, TYPES};
use super::{Naming, PackageType};
use crate::dcp::dialect::Dialect;
use crate::dcp::feature::Feature;

/// Takes a content title apart. `None` when it has no type field, or nothing but title and type:
/// then it is no title of the convention.
#[must_use]
pub fn decode(title: &str) -> Option<Naming> {
    let fields: Vec<&str> = title.trim().split('_').collect();
    let type_index = fields.iter().skip(1).position(|field| type_of(field).is_some())? + 1;
    let (before, from_type) = fields.split_at_checked(type_index)?;
    let (type_field, rest) = from_type.split_first()?;
    let pairs = align(rest);
    if pairs.is_empty() {
        return None;
    }
    let title = before.join("_");
    let imax = ["-IMAX", "IMX"].iter().any(|mark| ends_with_ignoring_case(&title, mark));
    let mut naming = Naming { title: Some(title).filter(|title| !title.is_empty()), imax, ..Naming::default() };
    read_type(type_field, &mut naming);
    for (slot, field) in pairs {
        read_field(slot, field, &mut naming);
    }
    Some(naming)
}

fn type_of(field: &str) -> Option<(&'static str, &'static str)> {
    let code = field.split('-').next()?;
    TYPES.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(code))
}

fn read_type(field: &str, naming: &mut Naming) {
    if let Some((code, kind)) = type_of(field) {
        (naming.type_code, naming.content_kind) = (Some(code.to_owned()), Some(kind.to_owned()));
    }
    for word in field.split('-').skip(1).filter(|word| !word.is_empty()) {
        let upper = word.to_ascii_uppercase();
        match (upper.as_str(), word.parse::<u32>()) {
            ("2D", _) => naming.stereoscopic = Some(false),
            ("3D", _) => naming.stereoscopic = Some(true),
            (_, Ok(number)) if is_rate(number, naming) => naming.frame_rate = Some(number),
            (_, Ok(number)) if naming.version.is_none() && naming.frame_rate.is_none() => naming.version = Some(number),
            (upper, _) if upper.strip_suffix("FL").is_some_and(|level| level.parse::<f32>().is_ok()) => {
                naming.luminance = Some(word.to_owned());
            }
            _ => read_modifier(word, &upper, naming),
        }
    }
}

fn is_rate(number: u32, naming: &Naming) -> bool {
    let known: &[u32] = if naming.version.is_some() { &LATE_FRAME_RATES } else { &FRAME_RATES };
    naming.frame_rate.is_none() && known.contains(&number)
}

/// All further words are kept as written; what the known ones mean is noted beside.
fn read_modifier(word: &str, upper: &str, naming: &mut Naming) {
    naming.modifiers.push(word.to_owned());
    if let Some((_, status)) = STATUSES.iter().find(|(known, _)| *known == upper) {
        naming.version_status = Some((*status).to_owned());
    }
    naming.features.extend(Feature::of_title_word(upper));
}

fn ends_with_ignoring_case(text: &str, end: &str) -> bool {
    let start = text.len().saturating_sub(end.len());
    text.get(start..).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

fn read_field(slot: Slot, field: &str, naming: &mut Naming) {
    let upper = field.to_ascii_uppercase();
    let (first, rest) = upper.split_once('-').map_or((upper.as_str(), None), |(first, rest)| (first, Some(rest)));
    match slot {
        Slot::Aspect => {
            let word = match first {
                "F" => "flat",
                "S" => "scope",
                _ => "full",
            };
            naming.aspect = Some(word.to_owned());
            naming.image_ratio = rest.map(str::to_owned);
        }
        Slot::Language => read_languages(field, naming),
        Slot::Territory => {
            let rating = field.split_once('-').map(|(_, rating)| rating);
            read_territory(first, rating, naming);
        }
        Slot::Audio => read_audio(&upper, naming),
        Slot::Resolution => naming.resolution = Some(first.to_owned()),
        Slot::Studio => naming.studio = Some(upper),
        Slot::Date => naming.date = Some(dashed(field)),
        Slot::Facility => naming.facility = Some(upper),
        Slot::Standard => {
            naming.standard = Some(if first == "SMPTE" { Dialect::Smpte } else { Dialect::Interop });
            if upper.split('-').any(|word| word == "3D") {
                naming.stereoscopic = Some(true);
            }
        }
        Slot::Package => {
            naming.package_type = Some(if first == "OV" { PackageType::Ov } else { PackageType::Vf });
            naming.package_version = rest.and_then(|number| number.parse().ok());
        }
    }
}

/// An international version may say whether it has texts; any other territory may have a rating.
fn read_territory(code: &str, rest: Option<&str>, naming: &mut Naming) {
    let special = SPECIAL_TERRITORIES.iter().find(|(known, _)| *known == code);
    let region = special.map_or(code, |(_, region)| *region);
    naming.region = Some(region.to_owned()).filter(|region| !region.is_empty() && code != "OV");
    naming.territory = Some(code.to_owned());
    match (code, rest.map(str::to_ascii_uppercase).as_deref()) {
        ("INT", Some("TD")) => naming.texted = Some(true),
        ("INT", Some("TL")) => naming.texted = Some(false),
        _ => naming.rating = rest.map(str::to_owned),
    }
}

/// Sound first, then subtitles: upper case is drawn live, lower case is part of the picture.
fn read_languages(field: &str, naming: &mut Naming) {
    let mut words = field.split('-');
    naming.audio_language = words.next().and_then(language_tag);
    for word in words {
        let upper = word.to_ascii_uppercase();
        if CAPTIONS.contains(&upper.as_str()) {
            naming.captions.push(upper);
        } else if is_language(&upper)
            && let Some(tag) = language_tag(word)
        {
            naming.burnt_in_subtitles |= word.bytes().all(|byte| byte.is_ascii_lowercase());
            naming.subtitle_languages.push(tag);
        }
    }
}

fn language_tag(code: &str) -> Option<String> {
    let upper = code.to_ascii_uppercase();
    languages::tag_of(&upper).filter(|_| upper != "XX")
}

fn read_audio(upper: &str, naming: &mut Naming) {
    for word in upper.split('-').filter(|word| !word.is_empty()) {
        let bed = SOUND_BEDS.iter().find(|(bed, _)| *bed == word);
        if let Some((_, channels)) = bed {
            naming.sound_channels = naming.sound_channels.max(Some(*channels));
        }
        if is_audio_word(word) || !is_language(word) || matches!(word, "HI" | "VI" | "SL") {
            naming.audio.push(word.to_owned());
        }
    }
}

fn dashed(date: &str) -> String {
    let part = |range: std::ops::Range<usize>| date.get(range).unwrap_or("");
    format!("{}-{}-{}", part(0..4), part(4..6), part(6..8))
}
