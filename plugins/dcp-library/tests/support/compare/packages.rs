//! The package, its packing lists and its assets.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::Differences;

pub fn by_id(list: &Value) -> BTreeMap<String, &Value> {
    list.as_array().unwrap().iter().map(|entry| (entry["id"].as_str().unwrap().to_owned(), entry)).collect()
}

pub fn entries(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

pub fn compare_package(json: &Value, truth: &Value, found: &mut Differences) {
    let map = &truth["assetmap"];
    found.same("assetmap.id", "", &json["assetmap_uuid"], &map["id"]);
    found.same("assetmap.annotation", "", &json["annotation"], &map["annotation"]);
    found.same("format", "", &json["format"], &truth["format"]);
    // A mastering package has the asset map of a SMPTE one, and a mixed one has either.
    if !matches!(json["format"].as_str(), Some("mixed")) {
        let imf = json["format"] == "imf" && map["dialect"] == "smpte";
        let format = if imf { &map["dialect"] } else { &json["format"] };
        found.same("assetmap.dialect", "", format, &map["dialect"]);
    }
    for field in ["issuer", "creator", "issue_date"] {
        let path = format!("assetmap.{field}");
        let others = [&truth["pkls"][0][field], &truth["cpls"][0][field]];
        let expected =
            std::iter::once(&map[field]).chain(others).find(|value| !value.is_null()).unwrap_or(&Value::Null);
        found.same(&path, "", &json[field], expected);
    }
    let volumes = if map["volume_count"].is_null() { json!(1) } else { map["volume_count"].clone() };
    found.same("assetmap.volume_count", "", &json["volume_count"], &volumes);
    compare_totals(json, &truth["totals"], found);
    let foreign = json.get("foreign_files").cloned().unwrap_or(json!([]));
    found.same("foreign_files", "", &foreign, &truth["foreign_files"]);
    let findings = entries(&json["findings"]);
    let has = |code: &str| json!(findings.iter().any(|finding| finding["code"] == code));
    found.same("volindex", "(missing)", &has("volume_index_missing"), &json!(truth["volindex"].is_null()));
    found.same("foreign_files", "(told)", &has("foreign_files"), &json!(!entries(&truth["foreign_files"]).is_empty()));
    let missing = truth["totals"]["verdicts"].get("missing").is_some();
    found.same("totals", "(state)", &json["state"], &json!(if missing { "incomplete" } else { "complete" }));
    for finding in
        findings.iter().filter(|finding| finding["severity"] == "error" && finding["code"] != "asset_missing")
    {
        found.add(format!("an error nobody expects: {finding}"));
    }
}

fn compare_totals(json: &Value, totals: &Value, found: &mut Differences) {
    let count = |value: usize| json!(value);
    let reels = entries(&json["compositions"]).iter().map(|composition| entries(&composition["reels"]).len()).sum();
    let here = entries(&json["assets"]).iter().filter(|asset| asset.get("actual_size_bytes").is_some()).count();
    let assets = entries(&json["assets"]).len();
    let lists = entries(&json["packing_lists"]).len();
    for (field, ours) in [
        ("declared_bytes", json["total_size_bytes"].clone()),
        ("present_bytes", json["present_size_bytes"].clone()),
        ("present_assets", count(here)),
        ("pkl_assets", count(assets)),
        ("assetmap_assets", count(assets + lists)),
        ("pkls", count(lists)),
        ("cpls", count(entries(&json["compositions"]).len())),
        ("reels", count(reels)),
    ] {
        found.same(&format!("totals.{field}"), "", &ours, &totals[field]);
    }
}

pub fn compare_assets(json: &Value, truth: &Value, found: &mut Differences) {
    let (ours, lists) = (by_id(&json["assets"]), by_id(&json["packing_lists"]));
    let mut expected_ids = BTreeSet::new();
    for pkl in entries(&truth["pkls"]) {
        let id = pkl["id"].as_str().unwrap();
        let list = lists.get(id).copied().unwrap_or(&Value::Null);
        for (field, name) in [
            ("id", "id"),
            ("annotation", "annotation"),
            ("issuer", "issuer"),
            ("creator", "creator"),
            ("issue_date", "issue_date"),
            ("signed", "signed"),
            ("group_id", "group_id"),
            ("file", "file"),
            ("standard", "dialect"),
        ] {
            found.same(&format!("pkls[].{name}"), id, &list[field], &pkl[name]);
        }
        for asset in entries(&pkl["assets"]) {
            let id = asset["id"].as_str().unwrap();
            expected_ids.insert(id);
            compare_asset(id, ours.get(id).copied().unwrap_or(&Value::Null), asset, found);
        }
    }
    let our_ids: BTreeSet<&str> = ours.keys().map(String::as_str).collect();
    found.same("pkls[].assets[].id", "(all)", &json!(our_ids), &json!(expected_ids));
    for mapped in entries(&truth["assetmap"]["assets"]) {
        compare_mapped(mapped, &ours, &lists, found);
    }
}

fn compare_asset(id: &str, ours: &Value, asset: &Value, found: &mut Differences) {
    let path = |field: &str| format!("pkls[].assets[].{field}");
    for (field, name) in [("id", "id"), ("size_bytes", "size"), ("type", "type"), ("pkl_hash", "hash")] {
        found.same(&path(name), id, &ours[field], &asset[name]);
    }
    found.same(&path("actual_size"), id, &ours["actual_size_bytes"], &asset["actual_size"]);
    let missing = asset["verdict"] == "missing";
    found.same(&path("verdict"), id, &ours["state"], &json!(if missing { "missing" } else { "unverified" }));
    if !missing {
        let paths: Vec<&Value> = entries(&ours["chunks"]).iter().map(|chunk| &chunk["path"]).collect();
        found.same(&path("path"), id, &json!(paths), &asset["path"]);
    }
    // An annotation that repeats the id and a name the file still has are left out.
    let annotation =
        if ours["annotation"].is_null() && asset["annotation"].as_str().is_some_and(|text| text.contains(id)) {
            &asset["annotation"]
        } else {
            &ours["annotation"]
        };
    found.same(&path("annotation"), id, annotation, &asset["annotation"]);
    let file_name = ours["path"].as_str().and_then(|path| path.rsplit('/').next());
    let original = match &ours["original_file_name"] {
        Value::Null if asset["original_file_name"].as_str() == file_name => &asset["original_file_name"],
        told => told,
    };
    found.same(&path("original_file_name"), id, original, &asset["original_file_name"]);
}

fn compare_mapped(
    mapped: &Value,
    assets: &BTreeMap<String, &Value>,
    lists: &BTreeMap<String, &Value>,
    found: &mut Differences,
) {
    let id = mapped["id"].as_str().unwrap();
    let (asset, list) = (assets.get(id), lists.get(id));
    found.same("assetmap.assets[].packing_list", id, &json!(list.is_some()), &mapped["packing_list"]);
    found.same("assetmap.assets[].id", id, &json!(asset.is_some() || list.is_some()), &json!(true));
    let mut chunks = entries(&mapped["chunks"]).to_vec();
    chunks.sort_by_key(|chunk| chunk["offset"].as_u64());
    if let Some(list) = list {
        found.same("assetmap.assets[].chunks[].resolved", id, &list["file"], &chunks[0]["resolved"]);
        return;
    }
    let ours = entries(asset.map_or(&Value::Null, |asset| &asset["chunks"]));
    found.same("assetmap.assets[].chunks", id, &json!(ours.len()), &json!(chunks.len()));
    for (ours, theirs) in ours.iter().zip(&chunks) {
        for (field, name) in [("path", "resolved"), ("volume", "volume"), ("length_bytes", "length")] {
            found.same(&format!("assetmap.assets[].chunks[].{name}"), id, &ours[field], &theirs[name]);
        }
        let offset = json!(theirs["offset"].as_u64().unwrap_or(0));
        found.same("assetmap.assets[].chunks[].offset", id, &ours["offset_bytes"], &offset);
    }
}
