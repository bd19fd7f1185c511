//! The verification job: the host hashes every asset once, the packing lists say what it should be.

use crate::catalogue::{self, Location, Verdict};
use crate::dcp::package::{Asset, AssetState, Package};
use crate::row;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lamphouse_plugin::events::new_event;
use lamphouse_plugin::files::{Algorithm, Part, Subject, hash};
use lamphouse_plugin::jobs::{Failure, JobRun, Outcome, ResumeOn, run as job};
use lamphouse_plugin::ops::{Operation, State};
use lamphouse_plugin::{Error, host};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What to verify.
#[derive(Debug, Serialize, Deserialize)]
pub struct Request {
    /// Package id.
    pub package: String,
}

/// What the host found.
#[derive(Deserialize)]
struct Hashed {
    files: Vec<HashedFile>,
}

#[derive(Deserialize)]
struct HashedFile {
    id: String,
    digest_hex: Option<String>,
    error: Option<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    message: String,
}

/// One run: the first starts the hashing and waits for it, the second writes the verdicts.
pub fn run(run: &JobRun) -> Result<Outcome, Failure> {
    let request: Request = serde_json::from_str(&run.payload)
        .map_err(|error| Failure::Fatal(format!("its payload cannot be read: {error}")))?;
    let Some(stored) = catalogue::find_package(&request.package)? else {
        return Err(Failure::Fatal(format!("package {} is not in the library any more", request.package)));
    };
    let mut package: Package = serde_json::from_str(&stored.detail)
        .map_err(|error| Failure::Fatal(format!("the stored package cannot be read: {error}")))?;
    package.unfold();
    match &run.resumed_by {
        None => start(&stored.id, &package),
        Some(operation) => conclude(&stored.id, &package, operation),
    }
}

fn start(id: &str, package: &Package) -> Result<Outcome, Failure> {
    let place = reachable_place(id)?;
    let subjects: Vec<Subject> =
        package.assets.iter().filter(|asset| can_hash(asset)).map(|asset| subject(asset, &place)).collect();
    if subjects.is_empty() {
        return write(id, package, &[]);
    }
    job::progress(Some(0.0), &format!("hashing {} files", subjects.len()))?;
    let started = json!({ "id": id, "state": "running", "percent": 0 }).to_string();
    lamphouse_plugin::events::publish(&new_event("dcp.verify", started))?;
    let operation = hash(&subjects, Algorithm::Sha1)?;
    Ok(Outcome::ResumeOn(ResumeOn { operation, checkpoint: None }))
}

fn conclude(id: &str, package: &Package, operation: &Operation) -> Result<Outcome, Failure> {
    match operation.state {
        State::Succeeded => {
            let text = operation.result.as_deref().unwrap_or_default();
            let hashed: Hashed = serde_json::from_str(text)
                .map_err(|error| Failure::Fatal(format!("the result of hashing cannot be read: {error}")))?;
            write(id, package, &hashed.files)
        }
        State::Cancelled => Ok(Outcome::Cancelled),
        State::Failed | State::Queued | State::Running => {
            let why = operation.error.clone().unwrap_or_else(|| "hashing did not end".to_owned());
            Err(Failure::Retry((why, None)))
        }
    }
}

/// The place the package is shown from, if anyone can look there.
fn reachable_place(id: &str) -> Result<Location, Failure> {
    let places = catalogue::locations(id)?;
    let away = || {
        let text =
            "no place of the package can be read now; grant the right or bring the mount back, then verify again";
        Failure::Retry((text.to_owned(), Some(60_000)))
    };
    places.into_iter().filter(|place| place.reachable).max_by_key(|place| place.is_primary).ok_or_else(away)
}

/// Whether there are bytes to hash and something to compare with.
fn can_hash(asset: &Asset) -> bool {
    asset.state == AssetState::Unverified
        && asset.pkl_hash.is_some()
        && asset.chunks.iter().all(|chunk| chunk.path.is_some())
}

fn subject(asset: &Asset, place: &Location) -> Subject {
    let part = |path: &String| Part {
        path: if place.path.is_empty() { path.clone() } else { format!("{}/{path}", place.path) },
        offset: None,
        length: None,
    };
    Subject {
        id: asset.id.to_string(),
        mount: place.mount.clone(),
        parts: asset.chunks.iter().filter_map(|chunk| chunk.path.as_ref()).map(part).collect(),
    }
}

fn write(id: &str, package: &Package, hashed: &[HashedFile]) -> Result<Outcome, Failure> {
    let now = host::now();
    let verdicts: Vec<Verdict> = package.assets.iter().map(|asset| verdict(asset, hashed, now)).collect();
    let verified = sum(&verdicts);
    let state = if verified == "failed" { "corrupt".to_owned() } else { row::word(&package.state).unwrap_or_default() };
    let statements = catalogue::put_verdicts(id, &verdicts, verified, &state, now);
    let ended = json!({ "id": id, "state": "done", "percent": 100, "verified": verified }).to_string();
    let events = vec![
        new_event("dcp.verify", ended),
        new_event("dcp.changed", json!({ "id": id, "change": "updated" }).to_string()),
    ];
    catalogue::write(statements, Vec::new(), events)?;
    job::progress(Some(100.0), &format!("{} assets, verified: {verified}", verdicts.len()))?;
    let bad: Vec<&str> = verdicts.iter().filter(|one| one.state == "corrupt").map(|one| one.asset.as_str()).collect();
    Ok(Outcome::Done(Some(json!({ "verified": verified, "assets": verdicts.len(), "corrupt": bad }).to_string())))
}

fn verdict(asset: &Asset, hashed: &[HashedFile], now: i64) -> Verdict {
    let id = asset.id.to_string();
    let found = hashed.iter().find(|file| file.id == id);
    let (state, message) = match (asset.state, found) {
        (AssetState::Missing, _) => ("missing", String::new()),
        (AssetState::SizeMismatch, _) => ("size-mismatch", String::new()),
        (AssetState::OtherVolume, _) => ("other-volume", String::new()),
        (AssetState::NoHash, _) => ("no-hash", String::new()),
        (_, None) => ("unverified", String::new()),
        (_, Some(file)) => compare(asset, file),
    };
    Verdict {
        asset: id,
        state: state.to_owned(),
        hash: asset.pkl_hash.clone().unwrap_or_default(),
        size_bytes: i64::try_from(asset.size_bytes).unwrap_or(i64::MAX),
        modified: asset.modified_ms.unwrap_or_default(),
        message,
        verified_at: now,
    }
}

/// The digest against the packing list, as bytes.
fn compare(asset: &Asset, file: &HashedFile) -> (&'static str, String) {
    let expected = asset.pkl_hash.as_deref().and_then(decode);
    match (&file.digest_hex, expected) {
        (Some(digest), Some(expected)) if *digest == hex(&expected) => ("ok", String::new()),
        (Some(_), Some(_)) => ("corrupt", "its bytes are not those the packing list vouches for".to_owned()),
        (Some(_), None) => ("no-hash", "the packing list's hash cannot be read".to_owned()),
        (None, _) => ("unverified", file.error.as_ref().map(|fault| fault.message.clone()).unwrap_or_default()),
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    STANDARD.decode(plain).ok().filter(|bytes| bytes.len() == 20)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `ok` when everything is, `failed` when anything is wrong, else `partial`.
fn sum(verdicts: &[Verdict]) -> &'static str {
    let any = |states: &[&str]| verdicts.iter().any(|one| states.contains(&one.state.as_str()));
    if any(&["corrupt", "size-mismatch"]) {
        "failed"
    } else if any(&["missing", "unverified", "other-volume", "no-hash"]) || verdicts.is_empty() {
        "partial"
    } else {
        "ok"
    }
}

/// Asks for a verification; the id of the job.
pub fn request(package: &str) -> Result<String, Error> {
    let payload = serde_json::to_string(&Request { package: package.to_owned() }).unwrap_or_default();
    let job = lamphouse_plugin::jobs::NewJob {
        unique_key: Some(format!("verify:{package}")),
        ..lamphouse_plugin::jobs::new_job("verify", payload)
    };
    lamphouse_plugin::jobs::enqueue(&job)
}
