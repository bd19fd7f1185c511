//! `GET /dcps/{uuid}`: what was read of a package, with what is known beside it.

use super::{changing, kdms, no_package};
use crate::catalogue::{self, Related, Verdict};
use crate::dcp::findings::{Code, Finding};
use crate::dcp::package::Package;
use crate::time::to_rfc3339;
use lamphouse_plugin::Error;
use lamphouse_plugin::http::Response;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// This server until it has a name in a network.
const SERVER_ID: &str = "local";

pub fn detail(uuid: &str) -> Result<Response, Error> {
    let stored = catalogue::find_package(uuid)?.ok_or_else(|| no_package(uuid))?;
    let unreadable = |error: serde_json::Error| Error::Other(format!("the stored package cannot be read: {error}"));
    let mut package: Package = serde_json::from_str(&stored.detail).map_err(unreadable)?;
    package.unfold();
    let keys = kdms::of_package(&package)?;
    let mut package = as_map(&package).map_err(unreadable)?;
    let row: Map<String, Value> = serde_json::from_str(&stored.summary).map_err(unreadable)?;
    for (key, value) in row {
        package.entry(key).or_insert(value);
    }
    package.extend(changing(&stored.id, &stored.state, &stored.verified, stored.last_verified, stored.discovered_at));
    package.insert("keys".to_owned(), keys);
    add_verdicts(&mut package, &catalogue::verdicts(&stored.id)?);
    add_damage(&mut package);
    let remark = catalogue::remarks(std::slice::from_ref(&stored.id))?.remove(&stored.id).unwrap_or_default();
    package.insert("tags".to_owned(), remark.tags.into());
    package.insert("note".to_owned(), remark.note.into());
    let locations = catalogue::locations(&stored.id)?;
    if let Some(primary) = locations.first() {
        package.insert("mount".to_owned(), primary.mount.clone().into());
        package.insert("path".to_owned(), primary.path.clone().into());
    }
    package.insert("copies".to_owned(), locations.len().into());
    let locations: Vec<Value> = locations
        .into_iter()
        .map(|place| {
            json!({
                "server_id": SERVER_ID, "server_name": "This server", "mount": place.mount, "path": place.path,
                "state": place.state,
            })
        })
        .collect();
    package.insert("locations".to_owned(), locations.into());
    package.insert("links".to_owned(), links(&stored.id, &package)?);
    package.insert("transfers".to_owned(), json!([]));
    Ok(Response::json(200, &package))
}

fn as_map(package: &Package) -> serde_json::Result<Map<String, Value>> {
    serde_json::from_value(serde_json::to_value(package)?)
}

/// A verdict holds as long as the file is the one that was hashed.
fn add_verdicts(package: &mut Map<String, Value>, verdicts: &BTreeMap<String, Verdict>) {
    let Some(Value::Array(assets)) = package.get_mut("assets") else { return };
    for asset in assets.iter_mut().filter_map(Value::as_object_mut) {
        let id = asset.get("id").and_then(Value::as_str).unwrap_or_default();
        let Some(verdict) = verdicts.get(id) else { continue };
        let modified = asset.get("modified_ms").and_then(Value::as_i64).unwrap_or_default();
        let size = asset.get("size_bytes").and_then(Value::as_i64).unwrap_or_default();
        let hash = asset.get("pkl_hash").and_then(Value::as_str).unwrap_or_default();
        if verdict.is_about(modified, size, hash) {
            asset.insert("state".to_owned(), verdict.state.clone().into());
            if verdict.has_rotted() {
                asset.insert("right_at".to_owned(), to_rfc3339(verdict.right_at).into());
            }
            asset.insert("verified_at".to_owned(), to_rfc3339(verdict.verified_at).into());
        }
        if !verdict.message.is_empty() {
            asset.insert("message".to_owned(), verdict.message.clone().into());
        }
    }
}

/// What hashing found comes before what reading found.
fn add_damage(package: &mut Map<String, Value>) {
    let damaged = |asset: &&Value| asset["state"] == "corrupt";
    let finding = |asset: &Value| {
        let text = "its bytes are not those the packing list vouches for; copy the file again";
        let (code, message) = match asset["right_at"].as_str() {
            None => (Code::AssetDamaged, text.to_owned()),
            Some(at) => (
                Code::AssetRotten,
                format!("{text}, and look after its disk: it was right on {at}, and nobody changed it since"),
            ),
        };
        Finding { code, severity: code.severity(), message, file: asset["path"].as_str().map(str::to_owned) }
    };
    let assets = package.get("assets").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut found: Vec<Value> = assets.iter().filter(damaged).map(|asset| json!(finding(asset))).collect();
    if let Some(Value::Array(findings)) = package.get_mut("findings") {
        found.append(findings);
        *findings = found;
    }
}

fn links(id: &str, package: &Map<String, Value>) -> Result<Value, Error> {
    let originals = catalogue::originals(id)?;
    let held: BTreeSet<&str> = originals.iter().flat_map(|one| &one.assets).map(String::as_str).collect();
    let compositions = package.get("compositions").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let unresolved: BTreeSet<&str> = compositions
        .iter()
        .filter_map(|composition| composition.get("external_asset_ids")?.as_array())
        .flatten()
        .filter_map(Value::as_str)
        .filter(|asset| !held.contains(asset))
        .collect();
    Ok(json!({
        "originals": originals.iter().map(related).collect::<Vec<_>>(),
        "versions": catalogue::versions(id)?.iter().map(related).collect::<Vec<_>>(),
        "unresolved": unresolved,
    }))
}

fn related(one: &Related) -> Value {
    json!({
        "id": one.id, "package_name": one.name, "content_title": one.title, "state": one.state, "asset_ids": one.assets,
    })
}
