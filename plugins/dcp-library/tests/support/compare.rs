//! Compares our JSON with another reader's answer, field by field.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

fn by_id(list: &Value) -> BTreeMap<String, &Value> {
    list.as_array().unwrap().iter().map(|entry| (entry["id"].as_str().unwrap().to_owned(), entry)).collect()
}

pub fn compare_package(json: &Value, truth: &Value, context: &str) {
    let map = &truth["assetmap"];
    assert_eq!(json["assetmap_uuid"], map["id"], "{context}");
    assert_eq!(json["package_name"], truth["package"], "{context}");
    assert_eq!(json["format"], truth["format"], "{context}");
    assert_eq!(
        json["issuer"].is_null(),
        map["issuer"].is_null() && truth["pkls"][0]["issuer"].is_null() && truth["cpls"][0]["issuer"].is_null(),
        "{context}"
    );
    for field in ["issuer", "creator", "issue_date"] {
        if !map[field].is_null() {
            assert_eq!(json[field], map[field], "{context} {field}");
        }
    }
    assert_eq!(
        json["volume_count"],
        if map["volume_count"].is_null() { json!(1) } else { map["volume_count"].clone() },
        "{context}"
    );
    assert_eq!(json["total_size_bytes"], truth["totals"]["declared_bytes"], "{context}");
    assert_eq!(json["present_size_bytes"], truth["totals"]["present_bytes"], "{context}");
    let foreign = json.get("foreign_files").cloned().unwrap_or(json!([]));
    assert_eq!(foreign, truth["foreign_files"], "{context}");
    let has = |code: &str| json["findings"].as_array().unwrap().iter().any(|finding| finding["code"] == code);
    assert_eq!(has("volume_index_missing"), truth["volindex"].is_null(), "{context}");
    assert_eq!(has("foreign_files"), !truth["foreign_files"].as_array().unwrap().is_empty(), "{context}");
    let missing = truth["totals"]["verdicts"].get("missing").is_some();
    assert_eq!(json["state"], if missing { "incomplete" } else { "complete" }, "{context}");
    let errors = json["findings"].as_array().unwrap().iter().filter(|finding| finding["severity"] == "error");
    assert!(
        errors.clone().all(|finding| finding["code"] == "asset_missing"),
        "{context}: {:?}",
        errors.collect::<Vec<_>>()
    );
}

pub fn compare_assets(json: &Value, truth: &Value, context: &str) {
    let (ours, lists) = (by_id(&json["assets"]), by_id(&json["packing_lists"]));
    let mut expected_ids = BTreeSet::new();
    for pkl in truth["pkls"].as_array().unwrap() {
        let list = lists[pkl["id"].as_str().unwrap()];
        for field in ["annotation", "issuer", "creator", "issue_date", "signed", "file"] {
            assert_eq!(list[field], pkl[field], "{context} {field}");
        }
        assert_eq!(list["standard"], pkl["dialect"], "{context}");
        for asset in pkl["assets"].as_array().unwrap() {
            let id = asset["id"].as_str().unwrap();
            let our = ours[id];
            expected_ids.insert(id.to_owned());
            assert_eq!(our["size_bytes"], asset["size"], "{context} {id}");
            assert_eq!(our["type"], asset["type"], "{context} {id}");
            assert_eq!(our["pkl_hash"], asset["hash"], "{context} {id}");
            let missing = asset["verdict"] == "missing";
            assert_eq!(our["state"], if missing { "missing" } else { "unverified" }, "{context} {id}");
            assert_eq!(
                our.get("actual_size_bytes"),
                asset.get("actual_size").filter(|size| !size.is_null()),
                "{context} {id}"
            );
            if !missing {
                let paths: Vec<&Value> = our["chunks"].as_array().unwrap().iter().map(|chunk| &chunk["path"]).collect();
                assert_eq!(paths, asset["path"].as_array().unwrap().iter().collect::<Vec<_>>(), "{context} {id}");
            }
        }
    }
    assert_eq!(ours.keys().cloned().collect::<BTreeSet<_>>(), expected_ids, "{context}");
    assert_eq!(lists.len(), truth["totals"]["pkls"].as_u64().unwrap() as usize, "{context}");
    for mapped in truth["assetmap"]["assets"].as_array().unwrap() {
        let Some(our) = ours.get(mapped["id"].as_str().unwrap()) else {
            continue;
        };
        let mut chunks = mapped["chunks"].as_array().unwrap().clone();
        chunks.sort_by_key(|chunk| chunk["offset"].as_u64());
        for (chunk, expected) in our["chunks"].as_array().unwrap().iter().zip(&chunks) {
            assert_eq!(chunk["path"], expected["resolved"], "{context}");
            assert_eq!(chunk["volume"], expected["volume"], "{context}");
            assert_eq!(chunk.get("length_bytes").cloned().unwrap_or(Value::Null), expected["length"], "{context}");
        }
    }
}

pub fn compare_compositions(json: &Value, truth: &Value, context: &str) {
    let ours = by_id(&json["compositions"]);
    assert_eq!(ours.len(), truth["cpls"].as_array().unwrap().len(), "{context}");
    let titles: Vec<&Value> = truth["cpls"].as_array().unwrap().iter().map(|cpl| &cpl["title"]).collect();
    assert!(titles.contains(&&json["content_title"]), "{context}");
    for cpl in truth["cpls"].as_array().unwrap() {
        let our = ours[cpl["id"].as_str().unwrap()];
        for (field, name) in [
            ("content_title", "title"),
            ("content_kind", "kind"),
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
            assert_eq!(our[field], cpl[name], "{context} {field}");
        }
        let seconds = our["duration_seconds"].as_f64().unwrap() - cpl["duration_seconds"].as_f64().unwrap();
        assert!(seconds.abs() < 0.001, "{context}");
        let versions = our.get("content_versions").cloned().unwrap_or(json!([]));
        assert_eq!(versions, cpl["content_versions"], "{context}");
        compare_metadata(our, cpl, context);
        let (reels, expected) = (our["reels"].as_array().unwrap(), cpl["reels"].as_array().unwrap());
        assert_eq!(reels.len(), expected.len(), "{context}");
        for (reel, expected) in reels.iter().zip(expected) {
            compare_reel(reel, expected, context);
        }
    }
}

fn compare_metadata(our: &Value, cpl: &Value, context: &str) {
    let (Some(metadata), expected) = (our.get("metadata"), &cpl["metadata"]) else {
        assert!(cpl["metadata"].is_null(), "{context}");
        return;
    };
    for field in [
        "active_area",
        "stored_area",
        "sound_configuration",
        "sound_sample_rate",
        "version_number",
        "version_status",
        "chain",
        "luminance",
    ] {
        assert_eq!(metadata[field], expected[field], "{context} {field}");
    }
    assert_eq!(
        metadata["extensions"][0]["properties"][0]["value"], expected["extensions"][0]["properties"][0][1],
        "{context}"
    );
}

fn compare_reel(reel: &Value, expected: &Value, context: &str) {
    for (field, name) in [("id", "id"), ("index", "index"), ("duration_frames", "duration"), ("edit_rate", "edit_rate")]
    {
        assert_eq!(reel[field], expected[name], "{context} reel {field}");
    }
    let (assets, wanted) = (reel["assets"].as_array().unwrap(), expected["assets"].as_array().unwrap());
    assert_eq!(assets.len(), wanted.len(), "{context}");
    for (asset, wanted) in assets.iter().zip(wanted) {
        for (field, name) in [
            ("id", "id"),
            ("element", "element"),
            ("edit_rate", "edit_rate"),
            ("duration_frames", "effective_duration"),
            ("key_id", "key_id"),
            ("intrinsic_duration_frames", "intrinsic_duration"),
            ("hash", "hash"),
            ("language", "language"),
            ("screen_aspect_ratio", "screen_aspect_ratio"),
            ("frame_rate", "frame_rate"),
        ] {
            let our = asset.get(field).unwrap_or(&Value::Null);
            let its = wanted.get(name).unwrap_or(&Value::Null);
            assert_eq!(our, its, "{context} {} {field}", wanted["element"]);
        }
        if let Some(in_package) = wanted.get("in_package") {
            assert_eq!(&asset["in_package"], in_package, "{context}");
        }
        assert_eq!(asset["entry_point"], wanted["entry_point"].as_u64().unwrap_or(0), "{context}");
        if let Some(markers) = wanted.get("markers").and_then(Value::as_array) {
            let ours: Vec<Value> = reel["markers"]
                .as_array()
                .unwrap()
                .iter()
                .map(|m| json!({"label": m["label"], "offset": m["offset_frames"]}))
                .collect();
            assert_eq!(&ours, markers, "{context}");
        }
    }
}

pub fn compare_header(bytes: &[u8], truth: &Value) {
    use dcp_library::dcp::mxf::{Essence, read_header};
    if truth.get("error").is_some() {
        assert!(read_header(bytes).is_err());
        return;
    }
    let header = read_header(bytes).unwrap();
    let number = |name: &str| truth.get(name).and_then(Value::as_u64);
    assert_eq!(header.asset_id.unwrap().to_string(), truth["asset_uuid"]);
    assert_eq!(header.encrypted, truth["encrypted"]);
    assert_eq!(header.key_id.map(|id| id.to_string()).as_deref(), truth.get("key_id").and_then(Value::as_str));
    assert_eq!(header.channels.map(u64::from), number("channels"));
    assert_eq!(header.sample_bits.map(u64::from), number("bits"));
    assert_eq!(header.container_duration, number("container_duration"));
    assert_eq!(header.closed_complete, truth["closed_complete"]);
    assert_eq!(header.interop_labels, truth["labels"] == "Interop");
    assert_eq!(
        header.stored_size.map(|[width, height]| (u64::from(width), u64::from(height))),
        number("stored_width").zip(number("stored_height"))
    );
    let essence = match header.essence.unwrap() {
        Essence::Jpeg2000 => "jpeg2000",
        Essence::Pcm => "pcm",
        Essence::TimedText => "timed_text",
        other => panic!("unexpected essence {other:?}"),
    };
    assert_eq!(essence, truth["essence"]);
    for (rate, name) in
        [(header.edit_rate, "edit_rate"), (header.sample_rate, "sample_rate"), (header.sampling_rate, "sampling_rate")]
    {
        assert_eq!(serde_json::to_value(rate).unwrap(), truth.get(name).cloned().unwrap_or(Value::Null), "{name}");
    }
}
