//! The REST routes below `/dcps`.

mod deletion;
mod detail;
mod documents;
mod filter;
mod history;
mod kdms;
mod list;
mod overview;
mod remarks;
mod similar;
mod trash;
mod verify_many;

use crate::catalogue;
use crate::library;
use crate::scan;
use crate::time::to_rfc3339;
use crate::verify;
use lamphouse_plugin::http::{Request, Response};
use lamphouse_plugin::jobs::State;
use lamphouse_plugin::{Error, host, jobs};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Answers one request; the host has matched the route and checked the permission.
pub fn handle(request: &Request) -> Response {
    let answer = match (request.method.as_str(), request.segments().as_slice()) {
        ("GET", ["dcps"]) => list::list(request),
        ("GET", ["dcps", "summary"]) => summary(),
        ("GET", ["dcps", "findings"]) => overview::findings(request),
        ("GET", ["dcps", "storage"]) => overview::storage(),
        ("GET", ["dcps", "kdms"]) => kdms::list(request),
        ("POST", ["dcps", "kdms"]) => kdms::upload(request),
        ("DELETE", ["dcps", "kdms", id]) => kdms::remove(id),
        ("POST", ["dcps", "scan"]) => scan_now(),
        ("POST", ["dcps", "scrub"]) => scrub_now(),
        ("POST", ["dcps", "verify"]) => verify_many::verify_many(request),
        ("POST", ["dcps", "tags"]) => remarks::change_tags(request),
        ("POST", ["dcps", "deletions"]) => deletion::delete_many(request),
        ("POST", ["dcps", "deletions", "preview"]) => deletion::preview(request),
        ("GET", ["dcps", "trash"]) => trash::list(),
        ("POST", ["dcps", "trash", id, "restore"]) => trash::restore(id),
        ("DELETE", ["dcps", "trash", id]) => trash::purge(id, request),
        ("GET", ["dcps", uuid]) => detail::detail(uuid),
        ("DELETE", ["dcps", uuid]) => deletion::delete(uuid, request),
        ("GET", ["dcps", uuid, "documents"]) => documents::documents(uuid, request),
        ("GET", ["dcps", uuid, "documents", "raw"]) => documents::raw(uuid, request),
        ("GET", ["dcps", uuid, "history"]) => history::history(uuid),
        ("PUT", ["dcps", uuid, "tags"]) => remarks::put_tags(uuid, request),
        ("PUT", ["dcps", uuid, "note"]) => remarks::put_note(uuid, request),
        ("POST", ["dcps", uuid, "verify"]) => verify_now(uuid, request),
        _ => Ok(Response::problem(404, "not_found", "there is no such route")),
    };
    answer.unwrap_or_else(|error| fault(&error))
}

fn fault(error: &Error) -> Response {
    match error {
        Error::Invalid(text) => Response::problem(400, "invalid_request", text),
        Error::NotFound(text) => Response::problem(404, "not_found", text),
        Error::Denied(text) => {
            Response::problem(503, "not_granted", &format!("{text}; an admin can grant it on the plugins page"))
        }
        Error::Conflict(text) => Response::problem(409, "conflict", text),
        Error::Limit(text) => Response::problem(413, "too_large", text),
        Error::Unavailable(text) => Response::problem(503, "unavailable", text),
        other => Response::problem(500, "library_failed", &host::describe(other)),
    }
}

fn no_package(uuid: &str) -> Error {
    Error::NotFound(format!("no package with the id {uuid}"))
}

/// The body as JSON. Errors: `Invalid` shows what to send.
fn body<T: DeserializeOwned>(request: &Request, example: &str) -> Result<T, Error> {
    serde_json::from_slice(&request.body).map_err(|error| Error::Invalid(format!("the body: {error}; send {example}")))
}

fn scan_now() -> Result<Response, Error> {
    let job = library::request_scan(&scan::Request::default())?;
    Ok(Response::json(202, &json!({ "job_id": job })))
}

fn scrub_now() -> Result<Response, Error> {
    Ok(Response::json(202, &json!({ "job_id": verify::scrub::request()? })))
}

fn verify_now(uuid: &str, request: &Request) -> Result<Response, Error> {
    let stored = catalogue::find_package(uuid)?.ok_or_else(|| no_package(uuid))?;
    let mut wanted = verify::Request::of(stored.id.clone());
    for (name, value) in request.query_pairs().iter().filter(|(_, value)| !value.is_empty()) {
        match (name.as_str(), value.as_str()) {
            ("mode", "full") => wanted.mode = verify::Mode::Full,
            ("mode", "quick") => wanted.mode = verify::Mode::Quick,
            ("mode", _) => return Err(Error::Invalid("mode: use full or quick".to_owned())),
            ("place", place) => wanted.place = Some(known_place(&stored.id, place)?),
            _ => {}
        }
    }
    let job = verify::ask(&wanted, None)?;
    Ok(Response::json(202, &json!({ "job_id": job, "package_id": stored.id })))
}

/// A place of the package, written as mount and path.
fn known_place(id: &str, place: &str) -> Result<verify::Spot, Error> {
    let (mount, path) = place.split_once('/').unwrap_or((place, ""));
    if !catalogue::locations(id)?.iter().any(|known| known.mount == mount && known.path == path) {
        return Err(Error::Invalid(format!(
            "place: the package does not lie at {place}; its locations are in its detail"
        )));
    }
    Ok(verify::Spot { mount: mount.to_owned(), path: path.to_owned() })
}

fn summary() -> Result<Response, Error> {
    let mut by_state: BTreeMap<String, i64> = BTreeMap::new();
    let mut by_kind: BTreeMap<String, i64> = BTreeMap::new();
    let mut by_format: BTreeMap<String, i64> = BTreeMap::new();
    let (mut packages, mut size_bytes) = (0, 0);
    for group in catalogue::groups()? {
        packages += group.packages;
        size_bytes += group.size_bytes;
        *by_state.entry(group.state).or_default() += group.packages;
        *by_kind.entry(group.kind).or_default() += group.packages;
        *by_format.entry(group.format).or_default() += group.packages;
    }
    let libraries = catalogue::library_rows()?;
    let last_scan = libraries.iter().filter_map(|library| library.scanned_at).max();
    let mounts: Vec<Value> = libraries
        .into_iter()
        .map(|library| {
            json!({
                "name": library.name,
                "online": library.online,
                "granted": library.granted,
                "reason": Some(library.reason).filter(|text| !text.is_empty()),
                "packages": library.packages,
            })
        })
        .collect();
    let mut scanning = catalogue::reading()?.1 > 0;
    for job in jobs::recent(Some("scan"), 5)? {
        scanning |= job.state == State::Leased || (job.state == State::Available && job.attempt == 0);
    }
    Ok(Response::json(
        200,
        &json!({
            "packages": packages,
            "total_size_bytes": size_bytes,
            "by_state": by_state,
            "by_kind": by_kind,
            "by_format": by_format,
            "mounts": mounts,
            "last_scan_at": last_scan.map(to_rfc3339),
            "scanning": scanning,
        }),
    ))
}

/// What is added to a stored row or package: what changes without reading it again.
fn changing(id: &str, state: &str, verified: &str, last_verified: i64, discovered_at: i64) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("id".to_owned(), id.into());
    fields.insert("state".to_owned(), state.into());
    fields.insert("verified".to_owned(), verified.into());
    fields.insert("last_verified".to_owned(), (last_verified > 0).then(|| to_rfc3339(last_verified)).into());
    fields.insert("discovered_at".to_owned(), to_rfc3339(discovered_at).into());
    fields
}

/// What a row says of the keys: their state, and when it changes by itself, or changed last.
fn row_keys(state: &str, at: i64) -> Value {
    json!({ "state": state, "at": (at != 0).then(|| to_rfc3339(at)) })
}
