//! From files to rows: reads packages and writes what they are.

use super::kdms::Looked;
use super::source::{MountedPackage, RootFiles, fetch_ahead, groups};
use super::story::Story;
use crate::catalogue::{self, KdmFiles, Known, NewPlace, PackageRow, Place, Verdict};
use crate::dcp::kdm::{Kdm, locked};
use crate::dcp::package::{Options, Package, State, read_packages};
use crate::row::{self, Summary};
use crate::verify;
use lamphouse_plugin::events::{NewEvent, new_event};
use lamphouse_plugin::sql::Statement;
use lamphouse_plugin::{Error, host};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// More changes than this in one batch are told together instead of one by one, so many in one event.
const TOLD_ONE_BY_ONE: usize = 20;
const TOLD_TOGETHER: usize = 200;

/// A package that was read, with where it lies.
pub struct Read {
    package: Package,
    pub id: String,
    /// Tells contents apart.
    pub content: String,
    pub path: String,
    signature: String,
}

impl Read {
    /// Its state as a word.
    pub fn state(&self) -> &'static str {
        match self.package.state {
            State::Complete => "complete",
            State::Incomplete => "incomplete",
            State::Incoming => "incoming",
            State::Corrupt => "corrupt",
            State::Unreachable => "unreachable",
        }
    }
}

/// Verdicts of a package by the ids of its assets.
type Verdicts = BTreeMap<String, Verdict>;
/// Stored packages by their ids.
type Stored = BTreeMap<String, Known>;

/// Reads packages and writes them in one transaction with other files that were looked into, and other statements. Errors: `Conflict` when another writer
/// shows one of them from another place meanwhile.
pub fn read_and_write(
    mount: &str,
    batch: &[RootFiles],
    known: &[Place],
    mut looked: Looked,
    mut statements: Vec<Statement>,
) -> Result<(), Error> {
    let now = host::now();
    let mut read = read_all(mount, batch, &mut looked, now)?;
    let ids: Vec<String> = read.iter().map(|one| one.id.clone()).collect();
    let mut stored = catalogue::known_packages(&ids)?;
    let renamed = tell_apart(mount, &mut read, &stored);
    stored.extend(catalogue::known_packages(&renamed)?);
    statements.extend(replaced(mount, batch, known, &read, now));
    let story = Story::of(mount, &read, &stored, known, now)?;
    let mut rows = Vec::new();
    let mut places = Vec::new();
    let mut changes = Vec::new();
    let shown = shown_copies(&read);
    let verdicts = catalogue::verdicts_of(&stored.keys().cloned().collect::<Vec<_>>())?;
    for (index, one) in read.iter().enumerate() {
        let before = stored.get(&one.id);
        let primary = before
            .and_then(|known| known.is_shown_from(mount, &one.path))
            .unwrap_or_else(|| shown.get(one.id.as_str()) == Some(&index));
        if primary {
            rows.push(package_row(one, story.discovered_at(&one.id, now), verdicts.get(&one.id))?);
        }
        places.push(NewPlace {
            mount,
            path: &one.path,
            package: &one.id,
            signature: &one.signature,
            state: one.state(),
            recheck_at: one.package.recheck_at_ms,
            seen_at: now,
            is_primary: primary,
        });
        let change = if before.is_some() { "updated" } else { "added" };
        changes.push(json!({ "id": one.id, "change": change }));
    }
    let here: BTreeSet<&str> = known.iter().map(|place| place.package.as_str()).collect();
    statements.extend(catalogue::put_packages(&rows, |id| stored.contains_key(id) || here.contains(id)));
    statements.extend(catalogue::put_places(&places));
    statements.extend(story.statements(now));
    statements.extend(catalogue::put_kdm_files(mount, &looked.files, &looked.lost, now));
    let mut events = told("dcp.changed", &changes);
    let kdms: Vec<Value> = looked.files.iter().filter_map(|file| file.kdm.as_ref()).map(kdm_change).collect();
    events.extend(told("dcp.kdm", &kdms));
    catalogue::write(statements, Vec::new(), events)
}

/// Each change as an event of its own; many together, as a list `changes` under the topic with `-many` behind.
fn told(topic: &str, changes: &[Value]) -> Vec<NewEvent> {
    if changes.len() <= TOLD_ONE_BY_ONE {
        return changes.iter().map(|change| new_event(topic, change.to_string())).collect();
    }
    let together = |changes: &[Value]| new_event(&format!("{topic}-many"), json!({ "changes": changes }).to_string());
    changes.chunks(TOLD_TOGETHER).map(together).collect()
}

/// Tells that a message is here.
pub fn kdm_event(kdm: &Kdm) -> NewEvent {
    new_event("dcp.kdm", kdm_change(kdm).to_string())
}

fn kdm_change(kdm: &Kdm) -> Value {
    json!({ "id": kdm.id(), "change": "added", "composition_id": kdm.composition_id })
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

fn read_all(mount: &str, batch: &[RootFiles], looked: &mut Looked, now: i64) -> Result<Vec<Read>, Error> {
    let options = Options::default();
    let kdm_files = if batch.is_empty() { KdmFiles::new() } else { catalogue::kdm_files(mount)? };
    let mut read = Vec::new();
    for group in groups(batch) {
        let ahead = fetch_ahead(mount, group)?;
        for files in group {
            looked.add_package(files, &ahead, &kdm_files);
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

/// Two different contents under the same ids are two packages: the one that came later gets an id of its own. Those ids.
fn tell_apart(mount: &str, read: &mut [Read], stored: &Stored) -> Vec<String> {
    let mut seen: BTreeMap<String, (String, String)> = BTreeMap::new();
    let mut renamed = Vec::new();
    for one in read {
        let content = one.content.clone();
        let earlier = stored
            .get(&one.id)
            .filter(|known| known.is_shown_from(mount, &one.path) == Some(false))
            .map(|known| known.content.clone())
            .or_else(|| seen.get(&one.id).filter(|(_, path)| path != &one.path).map(|(content, _)| content.clone()));
        if earlier.is_some_and(|earlier| earlier != content) {
            let name = format!("{}:{content}", one.id);
            one.id = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, name.as_bytes()).to_string();
            renamed.push(one.id.clone());
        }
        seen.entry(one.id.clone()).or_insert((content, one.path.clone()));
    }
    renamed
}

/// A folder that now holds another package than before lost the one it held.
fn replaced(mount: &str, batch: &[RootFiles], known: &[Place], read: &[Read], now: i64) -> Vec<Statement> {
    let now_there: BTreeSet<(&str, &str)> = read.iter().map(|one| (one.path.as_str(), one.id.as_str())).collect();
    known
        .iter()
        .filter(|place| batch.iter().any(|files| files.root == place.path))
        .filter(|place| !now_there.contains(&(place.path.as_str(), place.package.as_str())))
        .flat_map(|place| catalogue::drop_place(mount, &place.path, &place.package, now))
        .collect()
}

fn package_row(one: &Read, discovered_at: i64, verdicts: Option<&Verdicts>) -> Result<PackageRow, Error> {
    let package = &one.package;
    // What hashing found out counts on as long as the files are the same.
    let standing = verdicts.and_then(|verdicts| verify::standing(&package.assets, verdicts));
    let damage = standing.as_ref().map(|standing| standing.damage.as_slice()).unwrap_or_default();
    let codes = package.findings.iter().map(|finding| finding.code).chain(damage.iter().copied());
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
        discovered_at,
        format: package.format.as_ref().and_then(row::word).unwrap_or_default(),
        state: if damage.is_empty() { one.state() } else { "corrupt" }.to_owned(),
        encryption: row::word(&row::encryption(package)).unwrap_or_default(),
        words: row::words(package),
        ids: row::ids(package),
        summary: serde_json::to_string(&Summary::of(package)).map_err(encode)?,
        detail: serde_json::to_string(package).map_err(encode)?,
        held: package.held_asset_ids().into_iter().map(|id| id.key().to_vec()).collect(),
        external: package.external_asset_ids().into_iter().map(|id| id.key().to_vec()).collect(),
        locked: locked(package),
        findings: catalogue::count_findings(codes),
        verified: standing.as_ref().map_or("none", |standing| standing.verified),
        last_verified: standing.as_ref().map_or(0, |standing| standing.last_verified),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_is_told_in_events_that_may_be_sent() {
        let changes: Vec<Value> = (0..450)
            .map(|_| json!({ "id": uuid::Uuid::nil().to_string(), "change": "updated", "composition_id": uuid::Uuid::nil().to_string() }))
            .collect();
        let single = told("dcp.changed", &changes[..20]);
        assert_eq!((single.len(), single[0].topic.as_str()), (20, "dcp.changed"));
        assert_eq!(single[0].payload, changes[0].to_string());
        let many = told("dcp.changed", &changes);
        assert!(many.iter().all(|event| event.topic == "dcp.changed-many" && event.payload.len() < 64 * 1024));
        let list = |event: &NewEvent| {
            serde_json::from_str::<Value>(&event.payload).unwrap()["changes"].as_array().unwrap().len()
        };
        assert_eq!(many.iter().map(list).collect::<Vec<_>>(), [200, 200, 50]);
    }
}
