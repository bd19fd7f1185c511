//! Compositions, their reels, and the headers of their tracks.

use serde_json::{Value, json};

use super::packages::{by_id, entries};
use super::{Differences, Headers};

pub fn compare(json: &Value, truth: &Value, headers: Headers, found: &mut Differences) {
    let (ours, assets) = (by_id(&json["compositions"]), by_id(&json["assets"]));
    let titles: Vec<&Value> = entries(&truth["cpls"]).iter().map(|cpl| &cpl["title"]).collect();
    found.hold(
        "cpls[].title",
        "(main)",
        titles.contains(&&json["content_title"]),
        "the package has a composition's title",
    );
    for cpl in entries(&truth["cpls"]) {
        let id = cpl["id"].as_str().unwrap();
        let our = ours.get(id).copied().unwrap_or(&Value::Null);
        compare_composition(id, our, cpl, found);
        let (reels, expected) = (entries(&our["reels"]), entries(&cpl["reels"]));
        found.same("cpls[].reels", id, &json!(reels.len()), &json!(expected.len()));
        for (reel, expected) in reels.iter().zip(expected) {
            compare_reel(reel, expected, found);
        }
        for asset in expected.iter().flat_map(|reel| entries(&reel["assets"])) {
            let header =
                asset["id"].as_str().and_then(|id| assets.get(id)).map_or(&Value::Null, |asset| &asset["track"]);
            if headers == Headers::All || header.is_object() {
                compare_header(asset["id"].as_str().unwrap(), header, &asset["mxf"], found);
            }
        }
    }
}

fn compare_composition(id: &str, our: &Value, cpl: &Value, found: &mut Differences) {
    for (field, name) in [
        ("id", "id"),
        ("content_title", "title"),
        ("content_kind", "kind"),
        ("kind_scope", "kind_scope"),
        ("annotation", "annotation"),
        ("issuer", "issuer"),
        ("creator", "creator"),
        ("issue_date", "issue_date"),
        ("standard", "dialect"),
        ("edit_rate", "edit_rate"),
        ("frame_rate", "frame_rate"),
        ("duration_frames", "duration_frames"),
        ("encryption", "encryption"),
        ("immersive_audio", "immersive_audio"),
        ("languages", "languages"),
        ("resolution", "resolution"),
        ("resolution_source", "resolution_source"),
        ("signed", "signed"),
        ("stereoscopic", "stereoscopic"),
        ("complete", "complete"),
        ("external_asset_ids", "external_ids"),
        ("file", "file"),
        ("sound_channels", "audio_channels"),
    ] {
        found.same(&format!("cpls[].{name}"), id, &our[field], &cpl[name]);
    }
    let seconds = |value: &Value| value.as_f64().map(|seconds| (seconds * 1000.0).round());
    let (ours, theirs) = (seconds(&our["duration_seconds"]), seconds(&cpl["duration_seconds"]));
    found.same("cpls[].duration_seconds", id, &json!(ours), &json!(theirs));
    for (field, name) in [("content_versions", "content_versions"), ("ratings", "ratings")] {
        let ours = our.get(field).cloned().unwrap_or(json!([]));
        found.same(&format!("cpls[].{name}"), id, &ours, &cpl[name]);
    }
    found.same("cpls[].metadata", id, &json!(our["metadata"].is_object()), &json!(cpl["metadata"].is_object()));
    if let (Some(ours), Some(theirs)) = (our["metadata"].as_object(), cpl["metadata"].as_object()) {
        for (name, theirs) in theirs {
            let path = format!("cpls[].metadata.{name}");
            let ours = ours.get(if name == "full_title" { "full_content_title" } else { name }).unwrap_or(&Value::Null);
            match name.as_str() {
                "extensions" => found.same(&path, id, &extensions(ours), theirs),
                _ => found.same(&path, id, ours, theirs),
            }
        }
    }
}

/// Properties as pairs.
fn extensions(ours: &Value) -> Value {
    let pairs = |extension: &Value| -> Vec<Value> {
        entries(&extension["properties"]).iter().map(|property| json!([property["name"], property["value"]])).collect()
    };
    entries(ours)
        .iter()
        .map(|each| json!({ "scope": each["scope"], "name": each["name"], "properties": pairs(each) }))
        .collect()
}

fn compare_reel(reel: &Value, expected: &Value, found: &mut Differences) {
    let of = format!("reel {}", expected["index"]);
    for (field, name) in [("id", "id"), ("index", "index"), ("duration_frames", "duration"), ("edit_rate", "edit_rate")]
    {
        found.same(&format!("cpls[].reels[].{name}"), &of, &reel[field], &expected[name]);
    }
    let (assets, wanted) = (entries(&reel["assets"]), entries(&expected["assets"]));
    found.same("cpls[].reels[].assets", &of, &json!(assets.len()), &json!(wanted.len()));
    for (asset, wanted) in assets.iter().zip(wanted) {
        let of = format!("{} of {of}", wanted["element"]);
        for (field, name) in [
            ("id", "id"),
            ("element", "element"),
            ("edit_rate", "edit_rate"),
            ("duration_frames", "effective_duration"),
            ("key_id", "key_id"),
            ("intrinsic_duration_frames", "intrinsic_duration"),
            ("hash", "hash"),
            ("language", "language"),
            ("data_type", "data_type"),
            ("screen_aspect_ratio", "screen_aspect_ratio"),
            ("frame_rate", "frame_rate"),
        ] {
            found.same(&format!("cpls[].reels[].assets[].{name}"), &of, &asset[field], &wanted[name]);
        }
        let role = if wanted["role"] == "aux" { json!("auxiliary") } else { wanted["role"].clone() };
        found.same("cpls[].reels[].assets[].role", &of, &asset["role"], &role);
        let entry_point = json!(wanted["entry_point"].as_u64().unwrap_or(0));
        found.same("cpls[].reels[].assets[].entry_point", &of, &asset["entry_point"], &entry_point);
        if let Some(in_package) = wanted.get("in_package") {
            found.same("cpls[].reels[].assets[].in_package", &of, &asset["in_package"], in_package);
        }
        if wanted["markers"].is_array() {
            let marker = |marker: &Value| json!({ "label": marker["label"], "offset": marker["offset_frames"] });
            let ours: Value = entries(&reel["markers"]).iter().map(marker).collect();
            found.same("cpls[].reels[].assets[].markers", &of, &ours, &wanted["markers"]);
        }
    }
}

/// What the header of a track says; an answer with an error, or none at all, is no header.
fn compare_header(id: &str, ours: &Value, theirs: &Value, found: &mut Differences) {
    let has = theirs.is_object() && theirs.get("error").is_none();
    found.same("cpls[].reels[].assets[].mxf", id, &json!(ours.is_object()), &json!(has));
    let Some(fields) = theirs.as_object().filter(|_| has) else { return };
    for (name, theirs) in fields.iter().filter(|(name, _)| *name != "header_bytes_read") {
        let (ours, theirs) = match name.as_str() {
            "asset_uuid" => (ours["asset_id"].clone(), theirs.clone()),
            "bits" => (ours["sample_bits"].clone(), theirs.clone()),
            "essence" => (ours["essence"].clone(), json!(theirs.as_str().unwrap().replace('_', "-"))),
            "labels" => (ours["interop_labels"].clone(), json!(theirs == "Interop")),
            "stored_width" => (ours["stored_size"][0].clone(), theirs.clone()),
            "stored_height" => (ours["stored_size"][1].clone(), theirs.clone()),
            "timed_text_namespace" => (ours["text_namespace"].clone(), theirs.clone()),
            "version" => (ours["product_version"].clone(), theirs.clone()),
            "mca" => {
                let label = |label: &Value| json!([label["channel"], label["symbol"]]);
                (entries(&ours["channel_labels"]).iter().map(label).collect(), theirs.clone())
            }
            same => (ours[same].clone(), theirs.clone()),
        };
        found.same(&format!("cpls[].reels[].assets[].mxf.{name}"), id, &ours, &theirs);
    }
}
