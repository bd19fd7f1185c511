//! The verification job: the host hashes every asset once, the packing lists say what it should be. In its quick mode
//! the package is read again, which tells of structure and sizes.

pub mod scrub;
mod verdict;

use crate::catalogue::{self, Happening, Location, Verdict};
use crate::dcp::package::{Asset, AssetState, Package};
use crate::keys;
use crate::metrics;
use crate::row;
use crate::scan;
use lamphouse_plugin::events::new_event;
use lamphouse_plugin::files::{Algorithm, Part, Subject, hash};
use lamphouse_plugin::jobs::{Failure, JobRun, NewJob, Outcome, ResumeOn, enqueue, new_job, run as job};
use lamphouse_plugin::ops::{Operation, State};
use lamphouse_plugin::{Error, host};
use serde::{Deserialize, Serialize};
use serde_json::json;
pub use verdict::standing;
use verdict::{Hashed, HashedFile, damage, sum, verdicts};

/// What to verify.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Package id.
    pub package: String,
    #[serde(default)]
    pub mode: Mode,
    /// The place to look at; without one that from which the package is shown.
    #[serde(default)]
    pub place: Option<Spot>,
}

impl Request {
    /// All of a package.
    pub fn of(package: String) -> Self {
        Self { package, mode: Mode::Full, place: None }
    }

    /// One waiting job of a sort is enough.
    fn key(&self) -> String {
        let mode = if self.mode == Mode::Quick { ":quick" } else { "" };
        let place = self.place.as_ref().map(|spot| format!(":{}/{}", spot.mount, spot.path)).unwrap_or_default();
        format!("verify:{}{mode}{place}", self.package)
    }
}

/// How closely to look.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Hash every file.
    #[default]
    Full,
    /// Read the documents and compare sizes.
    Quick,
}

/// Where a package lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    pub mount: String,
    /// Folder in the mount, empty for the mount itself.
    pub path: String,
}

/// The job that verifies.
pub fn job_of(request: &Request, priority: Option<u8>) -> NewJob {
    let payload = serde_json::to_string(request).unwrap_or_default();
    NewJob { unique_key: Some(request.key()), priority, ..new_job("verify", payload) }
}

/// Asks for a verification; the id of the job.
pub fn ask(request: &Request, priority: Option<u8>) -> Result<String, Error> {
    enqueue(&job_of(request, priority))
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
    let spot = run.checkpoint.as_deref().and_then(|bytes| serde_json::from_slice(bytes).ok()).or(request.place);
    let place = reachable_place(&stored.id, spot.as_ref())?;
    let task = Task { id: stored.id, name: package.package_name.clone(), package, place };
    match &run.resumed_by {
        Some(operation) => conclude(&task, operation),
        None if request.mode == Mode::Quick => look_again(&task),
        None => start(&task),
    }
}

/// A package that is being verified.
struct Task {
    id: String,
    name: String,
    package: Package,
    place: Location,
}

impl Task {
    fn tell_start(&self) -> Result<(), Error> {
        let started = json!({ "id": self.id, "state": "running", "percent": 0 }).to_string();
        lamphouse_plugin::events::publish(&new_event("dcp.verify", started))
    }

    fn happening(&self, kind: &'static str, mut facts: serde_json::Value) -> Happening {
        facts["mount"] = self.place.mount.clone().into();
        facts["path"] = self.place.path.clone().into();
        Happening { package: self.id.clone(), kind, facts }
    }
}

fn start(task: &Task) -> Result<Outcome, Failure> {
    let assets = &task.package.assets;
    let subjects: Vec<Subject> =
        assets.iter().filter(|asset| can_hash(asset)).map(|asset| hash_subject(asset, &task.place)).collect();
    if subjects.is_empty() {
        return write(task, &[]);
    }
    job::progress(Some(0.0), &format!("hashing {} files", subjects.len()))?;
    task.tell_start()?;
    let operation = hash(&subjects, Algorithm::Sha1)?;
    let spot = Spot { mount: task.place.mount.clone(), path: task.place.path.clone() };
    Ok(Outcome::ResumeOn(ResumeOn { operation, checkpoint: serde_json::to_vec(&spot).ok() }))
}

fn conclude(task: &Task, operation: &Operation) -> Result<Outcome, Failure> {
    match operation.state {
        State::Succeeded => {
            let text = operation.result.as_deref().unwrap_or_default();
            let hashed: Hashed = serde_json::from_str(text)
                .map_err(|error| Failure::Fatal(format!("the result of hashing cannot be read: {error}")))?;
            write(task, &hashed.files)
        }
        State::Cancelled => Ok(Outcome::Cancelled),
        State::Failed | State::Queued | State::Running => {
            let why = operation.error.clone().unwrap_or_else(|| "hashing did not end".to_owned());
            Err(Failure::Retry((why, None)))
        }
    }
}

/// The place that was asked for, or the one the package is shown from, if anyone can look there.
fn reachable_place(id: &str, spot: Option<&Spot>) -> Result<Location, Failure> {
    let asked = |place: &Location| spot.is_none_or(|spot| spot.mount == place.mount && spot.path == place.path);
    let places = catalogue::locations(id)?;
    if let Some(spot) = spot.filter(|_| !places.iter().any(asked)) {
        return Err(Failure::Fatal(format!("the package does not lie at {}/{} any more", spot.mount, spot.path)));
    }
    let away = || {
        let text =
            "no place of the package can be read now; grant the right or bring the mount back, then verify again";
        Failure::Retry((text.to_owned(), Some(60_000)))
    };
    let reachable = places.into_iter().filter(|place| place.reachable && asked(place));
    reachable.max_by_key(|place| place.is_primary).ok_or_else(away)
}

/// Whether there are bytes to hash and something to compare with.
fn can_hash(asset: &Asset) -> bool {
    asset.state == AssetState::Unverified
        && asset.pkl_hash.is_some()
        && asset.chunks.iter().all(|chunk| chunk.path.is_some())
}

fn hash_subject(asset: &Asset, place: &Location) -> Subject {
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

/// Writes the verdicts. Those of a copy say nothing of the place the package is shown from: they are told only.
fn write(task: &Task, hashed: &[HashedFile]) -> Result<Outcome, Failure> {
    let (id, place, now) = (&task.id, &task.place, host::now());
    let before = catalogue::verdicts(id)?;
    let verdicts = verdicts(&task.package, hashed, &before, now);
    let verified = sum(verdicts.iter().map(|one| one.state.as_str()));
    let state =
        if verified == "failed" { "corrupt".to_owned() } else { row::word(&task.package.state).unwrap_or_default() };
    let of = |is_so: &dyn Fn(&Verdict) -> bool| -> Vec<&str> {
        verdicts.iter().filter(|one| is_so(one)).map(|one| one.asset.as_str()).collect()
    };
    let rotten = if place.is_primary { of(&Verdict::has_rotted) } else { Vec::new() };
    let corrupt = of(&|one| one.state == "corrupt");
    let facts = json!({ "verified": verified, "assets": verdicts.len(), "corrupt": corrupt, "rotten": rotten });
    let mut statements = vec![catalogue::put_place_state(&place.mount, &place.path, id, &state)];
    if place.is_primary {
        statements.extend(catalogue::put_verdicts(id, &verdicts, verified, &state, now));
        statements.extend(catalogue::put_damage(id, &damage(verdicts.iter())));
    }
    statements.extend(catalogue::tell(&[task.happening("verified", facts.clone())], now));
    let ended = json!({ "id": id, "state": "done", "percent": 100, "verified": verified }).to_string();
    let mut events = vec![
        new_event("dcp.verify", ended),
        new_event("dcp.changed", json!({ "id": id, "change": "updated" }).to_string()),
    ];
    if !rotten.is_empty() {
        let alarm =
            json!({ "id": id, "package_name": task.name, "mount": place.mount, "path": place.path, "assets": rotten });
        events.push(new_event("dcp.rot", alarm.to_string()));
        job::log(&format!("{} files that were right before are wrong now, and nobody changed them", rotten.len()));
    }
    catalogue::write(statements, Vec::new(), events)?;
    metrics::count_verification(hashed.len(), corrupt.len(), rotten.len());
    metrics::tell_totals()?;
    job::progress(Some(100.0), &format!("{} assets, verified: {verified}", verdicts.len()))?;
    Ok(Outcome::Done(Some(facts.to_string())))
}

/// The quick mode: the package is read again, whether anything seems to have changed or not.
fn look_again(task: &Task) -> Result<Outcome, Failure> {
    task.tell_start()?;
    scan::read::look_again(&task.place.mount, &task.place.path)?;
    keys::keep_watch()?;
    let state = catalogue::find_package(&task.id)?.map_or_else(|| "removed".to_owned(), |stored| stored.state);
    let facts = json!({ "state": state });
    let statements = catalogue::tell(&[task.happening("checked", facts.clone())], host::now());
    let ended = json!({ "id": task.id, "state": "done", "percent": 100 }).to_string();
    catalogue::write(statements, Vec::new(), vec![new_event("dcp.verify", ended)])?;
    job::progress(Some(100.0), &format!("structure and sizes: {state}"))?;
    Ok(Outcome::Done(Some(facts.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_of_before_are_understood_and_sorts_wait_beside_each_other() {
        let old: Request = serde_json::from_str("{\"package\":\"p\"}").unwrap();
        assert_eq!(old, Request::of("p".to_owned()));
        assert_eq!(old.key(), "verify:p");
        let place = Some(Spot { mount: "library-b".to_owned(), path: "x/Film".to_owned() });
        let other = Request { package: "p".to_owned(), mode: Mode::Quick, place };
        assert_eq!(other.key(), "verify:p:quick:library-b/x/Film");
    }
}
