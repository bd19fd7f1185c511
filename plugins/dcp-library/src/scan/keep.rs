//! From files to rows: reads packages and writes what they are.

use super::source::{MountedPackage, RootFiles, fetch_ahead, groups};
use crate::catalogue::{self, NewPlace, PackageRow, Place};
use crate::dcp::package::{Options, Package, State, read_packages};
use crate::row::{self, Summary};
use lamphouse_plugin::events::new_event;
use lamphouse_plugin::sql::Statement;
use lamphouse_plugin::{Error, host};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// More changes than this in one batch are told by the scan's own progress instead of one by one.
const TOLD_ONE_BY_ONE: usize = 20;

/// A package that was read, with where it lies.
struct Read {
    package: Package,
    id: String,
    content: String,
    path: String,
    signature: String,
}

/// What a stored package is known by: content mark, mount and path of the place it is shown from.
type Stored = BTreeMap<String, (String, String, String)>;

/// Reads packages and writes them in one transaction with other statements. Errors: `Conflict` when another writer
/// shows one of them from another place meanwhile.
pub fn read_and_write(
    mount: &str,
    batch: &[RootFiles],
    known: &[Place],
    mut statements: Vec<Statement>,
) -> Result<(), Error> {
    let now = host::now();
    let mut read = read_all(mount, batch, now)?;
    let ids: Vec<String> = read.iter().map(|one| one.id.clone()).collect();
    let stored = catalogue::contents(&ids)?;
    tell_apart(mount, &mut read, &stored);
    statements.extend(replaced(mount, batch, known, &read));
    let mut rows = Vec::new();
    let mut places = Vec::new();
    let mut events = Vec::new();
    let shown = shown_copies(&read);
    for (index, one) in read.iter().enumerate() {
        let before = stored.get(&one.id);
        let primary = match before {
            Some((_, m, path)) if !m.is_empty() => m == mount && path == &one.path,
            _ => shown.get(one.id.as_str()) == Some(&index),
        };
        if primary {
            rows.push(package_row(one, now)?);
        }
        places.push(NewPlace {
            mount,
            path: &one.path,
            package: &one.id,
            signature: &one.signature,
            state: state_word(&one.package),
            recheck_at: one.package.recheck_at_ms,
            seen_at: now,
            is_primary: primary,
        });
        let change = if before.is_some() { "updated" } else { "added" };
        events.push(new_event("dcp.changed", json!({ "id": one.id, "change": change }).to_string()));
    }
    let here: BTreeSet<&str> = known.iter().map(|place| place.package.as_str()).collect();
    statements.extend(catalogue::put_packages(&rows, |id| stored.contains_key(id) || here.contains(id)));
    statements.extend(catalogue::put_places(&places));
    if events.len() > TOLD_ONE_BY_ONE {
        events.clear();
    }
    catalogue::write(statements, Vec::new(), events)
}

/// Of several copies read together the first complete one is shown, else the first.
fn shown_copies(read: &[Read]) -> BTreeMap<&str, usize> {
    let mut shown = BTreeMap::new();
    let mut copies: Vec<(usize, &Read)> = read.iter().enumerate().collect();
    copies.sort_by_key(|(_, one)| one.package.state != State::Complete);
    for (index, one) in copies {
        shown.entry(one.id.as_str()).or_insert(index);
    }
    shown
}

fn read_all(mount: &str, batch: &[RootFiles], now: i64) -> Result<Vec<Read>, Error> {
    let options = Options::default();
    let mut read = Vec::new();
    for group in groups(batch) {
        let ahead = fetch_ahead(mount, group)?;
        for files in group {
            let source = MountedPackage { mount, files, ahead: &ahead };
            let signature = files.signature();
            for mut package in read_packages(&source, now, &options) {
                let id = row::package_id(&package, mount, &files.root);
                let content = row::content_mark(&package);
                package.fold();
                read.push(Read { package, id, content, path: files.root.clone(), signature: signature.clone() });
            }
        }
    }
    Ok(read)
}

/// Two different contents under the same ids are two packages: the one that came later gets an id of its own.
fn tell_apart(mount: &str, read: &mut [Read], stored: &Stored) {
    let mut seen: BTreeMap<String, (String, String)> = BTreeMap::new();
    for one in read {
        let content = one.content.clone();
        let earlier = stored
            .get(&one.id)
            .filter(|(_, m, path)| !m.is_empty() && !(m == mount && path == &one.path))
            .map(|(content, _, _)| content.clone())
            .or_else(|| seen.get(&one.id).filter(|(_, path)| path != &one.path).map(|(content, _)| content.clone()));
        if earlier.is_some_and(|earlier| earlier != content) {
            let name = format!("{}:{content}", one.id);
            one.id = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, name.as_bytes()).to_string();
        }
        seen.entry(one.id.clone()).or_insert((content, one.path.clone()));
    }
}

/// A folder that now holds another package than before lost the one it held.
fn replaced(mount: &str, batch: &[RootFiles], known: &[Place], read: &[Read]) -> Vec<Statement> {
    let now_there: BTreeSet<(&str, &str)> = read.iter().map(|one| (one.path.as_str(), one.id.as_str())).collect();
    known
        .iter()
        .filter(|place| batch.iter().any(|files| files.root == place.path))
        .filter(|place| !now_there.contains(&(place.path.as_str(), place.package.as_str())))
        .flat_map(|place| catalogue::drop_place(mount, &place.path, &place.package))
        .collect()
}

/// A place that lost its package.
pub fn gone(mount: &str, path: &str, package: &str) -> Vec<Statement> {
    catalogue::drop_place(mount, path, package)
}

fn state_word(package: &Package) -> &'static str {
    match package.state {
        State::Complete => "complete",
        State::Incomplete => "incomplete",
        State::Incoming => "incoming",
        State::Corrupt => "corrupt",
        State::Unreachable => "unreachable",
    }
}

fn package_row(one: &Read, now: i64) -> Result<PackageRow, Error> {
    let package = &one.package;
    let encode = |error: serde_json::Error| Error::Other(format!("a package cannot be written as JSON: {error}"));
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    Ok(PackageRow {
        id: one.id.clone(),
        assetmap_uuid: row::assetmap(package),
        content: one.content.clone(),
        name: package.package_name.clone(),
        title: text(&package.content_title),
        kind: text(&package.content_kind).to_lowercase(),
        issuer: text(&package.issuer),
        issue_date: text(&package.issue_date),
        size_bytes: i64::try_from(package.total_size_bytes).unwrap_or(i64::MAX),
        discovered_at: now,
        format: package.format.as_ref().and_then(row::word).unwrap_or_default(),
        state: state_word(package).to_owned(),
        encryption: row::word(&row::encryption(package)).unwrap_or_default(),
        words: row::words(package),
        ids: row::ids(package),
        summary: serde_json::to_string(&Summary::of(package)).map_err(encode)?,
        detail: serde_json::to_string(package).map_err(encode)?,
        held: package.held_asset_ids().into_iter().map(|id| id.key().to_vec()).collect(),
        external: package.external_asset_ids().into_iter().map(|id| id.key().to_vec()).collect(),
    })
}
