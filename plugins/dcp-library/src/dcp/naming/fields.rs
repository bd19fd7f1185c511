//! From aligned fields to their meaning.

use super::align::{Slot, align, is_audio_word, is_language};
use super::tables::{CAPTIONS, FRAME_RATES, SOUND_BEDS, SPECIAL_LANGUAGES, TYPES};
use super::{Naming, PackageType};
use crate::dcp::dialect::Dialect;

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
    let mut naming = Naming { title: Some(before.join("_")).filter(|title| !title.is_empty()), ..Naming::default() };
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
            (_, Ok(number)) if FRAME_RATES.contains(&number) && naming.frame_rate.is_none() => {
                naming.frame_rate = Some(number)
            }
            (_, Ok(number)) if naming.version.is_none() && naming.frame_rate.is_none() => naming.version = Some(number),
            (upper, _) if upper.strip_suffix("FL").is_some_and(|level| level.parse::<f32>().is_ok()) => {
                naming.luminance = Some(word.to_owned());
            }
            _ => naming.modifiers.push(word.to_owned()),
        }
    }
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
            naming.territory = Some(first.to_owned());
            naming.rating = field.split_once('-').map(|(_, rating)| rating.to_owned());
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
    if matches!(upper.as_str(), "XX" | "") {
        return None;
    }
    let special = SPECIAL_LANGUAGES.iter().find(|(known, _)| *known == upper);
    Some(special.map_or_else(|| upper.to_ascii_lowercase(), |(_, tag)| (*tag).to_owned()))
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
