//! Every code of the naming convention's registries must land in its field when it stands in a title. The registries
//! are read where they lie; without them the tests say so and pass.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/samples.rs"]
#[expect(dead_code, reason = "these tests need the folder alone")]
mod samples;

use dcp_library::dcp::naming::{Naming, decode};
use serde_json::Value;

/// The entries of one registry.
fn registry(name: &str) -> Vec<Value> {
    let Some(folder) = samples::shared("reference/isdcf") else { return Vec::new() };
    let text = std::fs::read(folder.join(format!("{name}.json"))).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// A full title with one field replaced; reports what does not hold.
fn check(faults: &mut Vec<String>, field: &str, with: &str, holds: impl Fn(&Naming) -> bool) {
    let fields = ["Film", "FTR-1", "F", "EN-XX", "US-PG", "51", "2K", "STU", "20200101", "FAC", "SMPTE", "OV"];
    let names =
        ["", "type", "aspect", "language", "territory", "audio", "resolution", "studio", "", "facility", "", ""];
    let title: Vec<&str> = fields.iter().zip(names).map(|(own, name)| if name == field { with } else { own }).collect();
    let title = title.join("_");
    let naming = decode(&title);
    // What was not replaced stays where it is.
    let others = |naming: &Naming| {
        (field == "studio" || naming.studio.as_deref() == Some("STU"))
            && (field == "facility" || naming.facility.as_deref() == Some("FAC"))
            && (field == "audio" || naming.audio == ["51"])
            && (field == "territory" || naming.territory.as_deref() == Some("US"))
            && (field == "language" || naming.audio_language.as_deref() == Some("en"))
            && naming.date.as_deref() == Some("2020-01-01")
    };
    if !naming.as_ref().is_some_and(|naming| holds(naming) && others(naming)) {
        faults.push(format!("{title}: {naming:?}"));
    }
}

fn assert_none(faults: &[String]) {
    let shown: Vec<&String> = faults.iter().take(12).collect();
    assert!(faults.is_empty(), "{} titles are read wrong: {shown:#?}", faults.len());
}

fn text<'v>(entry: &'v Value, field: &str) -> Option<&'v str> {
    entry[field].as_str()
}

#[test]
fn every_content_type_and_modifier_is_understood() {
    let mut faults = Vec::new();
    for entry in registry("contenttypes") {
        let (code, kind) = (text(&entry, "dcncCode").unwrap(), entry["cplContentKind"]["value"].as_str());
        check(&mut faults, "type", code, |naming| {
            naming.type_code.as_deref() == Some(code) && naming.content_kind.as_deref() == kind
        });
    }
    for entry in registry("contentmodifiers") {
        let code = text(&entry, "dcncCode").unwrap();
        let word = code.replace("[VersionNumber]", "7").replace("[Luminance]", "14").replace("[FPS]", "48");
        let word = word.replace("[CHAIN]", "Megaplex");
        check(&mut faults, "type", &format!("FTR-{word}"), |naming| match code {
            "[VersionNumber]" => naming.version == Some(7),
            "[Luminance]fl" => naming.luminance.as_deref() == Some("14fl"),
            "[FPS]" => naming.frame_rate == Some(48),
            "2D" | "3D" => naming.stereoscopic == Some(code == "3D"),
            "Final" | "Temp" | "Pre" => naming.version_status == Some(code.to_lowercase()),
            "DVis" | "HDR1" | "EC" | "EPIQ" | "InfV" => naming.features.len() == 1 && naming.modifiers == [code],
            _ => naming.modifiers == [word.as_str()],
        });
    }
    assert_none(&faults);
}

#[test]
fn every_aspect_and_sound_word_is_understood() {
    let mut faults = Vec::new();
    for entry in registry("projectoraspectratios") {
        let code = text(&entry, "dcncCode").unwrap();
        let word = ["flat", "scope", "full"][["F", "S", "C"].iter().position(|known| *known == code).unwrap()];
        check(&mut faults, "aspect", code, |naming| naming.aspect.as_deref() == Some(word));
    }
    for entry in registry("audioconfigs") {
        let code = text(&entry, "dcncCode").unwrap();
        check(&mut faults, "audio", &format!("71-{code}"), |naming| {
            naming.audio == ["71", code] && naming.sound_channels == Some(8)
        });
    }
    assert_none(&faults);
}

#[test]
fn every_language_code_becomes_its_tag() {
    let mut faults = Vec::new();
    for entry in registry("languages") {
        let tag = text(&entry, "rfc5646Tag").unwrap();
        let old = entry["obsoleteDCNCTags"].as_array().into_iter().flatten().filter_map(Value::as_str);
        for code in text(&entry, "dcncTag").into_iter().chain(old) {
            check(&mut faults, "language", &format!("{code}-XX"), |naming| {
                naming.audio_language.as_deref() == Some(tag) && naming.subtitle_languages.is_empty()
            });
            check(&mut faults, "language", &format!("EN-{}", code.to_lowercase()), |naming| {
                naming.subtitle_languages == [tag] && naming.burnt_in_subtitles
            });
        }
    }
    assert_none(&faults);
}

#[test]
fn every_territory_and_rating_lands_in_its_field() {
    let mut faults = Vec::new();
    for entry in registry("territories") {
        let (Some(code), Some(tag)) = (text(&entry, "dcncTag"), text(&entry, "tag")) else { continue };
        check(&mut faults, "territory", code, |naming| {
            naming.territory.as_deref() == Some(code) && naming.region.as_deref() == Some(tag)
        });
    }
    for entry in registry("ratings") {
        let region = entry["region"]["code"].as_str().unwrap().split('-').next().unwrap();
        for rating in entry["ratings"].as_array().unwrap().iter().filter_map(Value::as_str) {
            check(&mut faults, "territory", &format!("{region}-{rating}"), |naming| {
                naming.territory.as_deref() == Some(region) && naming.rating.as_deref() == Some(rating)
            });
        }
    }
    assert_none(&faults);
}

#[test]
fn every_studio_and_facility_lands_in_its_field() {
    let mut faults = Vec::new();
    for entry in registry("studios") {
        let code = text(&entry, "code").unwrap();
        check(&mut faults, "studio", code, |naming| naming.studio.as_deref() == Some(code));
    }
    for entry in registry("facilities") {
        let code = text(&entry, "code").unwrap();
        check(&mut faults, "facility", code, |naming| naming.facility.as_deref() == Some(code));
    }
    assert_none(&faults);
}
