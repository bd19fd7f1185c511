//! The scan job: finds what changed in the libraries and reads it. Everything found is written as it is found, and what
//! is written is not read again; so a scan may be ended at any moment and the next one goes on.

mod discover;
mod keep;
mod source;

use crate::catalogue;
use crate::library::{self, Library};
use discover::Findings;
use lamphouse_plugin::events::{NewEvent, new_event};
use lamphouse_plugin::jobs::{self, Again, Failure, JobRun, NewJob, Outcome, run as job};
use lamphouse_plugin::{Error, host};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A run gives its instance back after this long and goes on in the next run.
const SLICE_MS: u64 = 120_000;
/// Packages read and written together.
const BATCH: usize = 100;

/// What to scan.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Request {
    /// Look at every file, not only at folders that changed.
    pub full: bool,
    /// Look again at packages that were arriving; such a scan waits for its time and keeps no other from running.
    pub recheck: bool,
}

impl Request {
    /// One waiting scan of a sort is enough.
    pub fn key(&self) -> String {
        let sort = if self.recheck { "recheck" } else { "changed" };
        format!("scan:{}", if self.full { "full" } else { sort })
    }
}

/// One run of the job.
pub fn run(run: &JobRun) -> Result<Outcome, Failure> {
    let request: Request = serde_json::from_str(&run.payload).unwrap_or_default();
    let begin = host::monotonic_ms();
    let mut tally = Tally::default();
    for library in note_libraries()? {
        if !library.readable() {
            continue;
        }
        match scan_library(&library.name, request.full, begin, &mut tally) {
            Ok(Progress::Complete) => {}
            Ok(Progress::Cancelled) => return Ok(Outcome::Cancelled),
            Ok(Progress::MoreToDo) => return Ok(Outcome::Again(Again { after_ms: 0, checkpoint: None })),
            // The right or the storage went away meanwhile: say so, and go on with the other libraries.
            Err(Error::Denied(_) | Error::Unavailable(_) | Error::NotFound(_)) => {
                note_libraries()?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    let recheck = tally.recheck_in_ms;
    publish(&tally, "done")?;
    match recheck {
        Some(after_ms) if request.recheck => return Ok(Outcome::Again(Again { after_ms, checkpoint: None })),
        Some(after_ms) => {
            let later = Request { recheck: true, ..Request::default() };
            let run_at = Some(host::now() + i64::try_from(after_ms).unwrap_or_default());
            jobs::enqueue(&NewJob { run_at, ..library::scan_job(&later, later.key()) })?;
        }
        None => {}
    }
    let result = json!({ "read": tally.read, "gone": tally.gone }).to_string();
    Ok(Outcome::Done(Some(result)))
}

/// Writes down which libraries can be read, and what that means for their packages.
pub fn note_libraries() -> Result<Vec<Library>, Error> {
    let libraries = library::libraries()?;
    let mut statements: Vec<_> = libraries
        .iter()
        .map(|library| catalogue::note_library(&library.name, library.online, library.granted, &library.reason))
        .collect();
    statements.push(catalogue::refresh_states());
    let states: Vec<_> = libraries
        .iter()
        .map(|library| json!({ "name": library.name, "online": library.online, "granted": library.granted }))
        .collect();
    let event = new_event("dcp.libraries", json!({ "libraries": states }).to_string());
    catalogue::write(statements, Vec::new(), vec![event])?;
    Ok(libraries)
}

/// What a run has done.
#[derive(Default)]
struct Tally {
    found: usize,
    read: usize,
    gone: usize,
    recheck_in_ms: Option<u64>,
}

enum Progress {
    Complete,
    MoreToDo,
    Cancelled,
}

fn scan_library(mount: &str, full: bool, begin: u64, tally: &mut Tally) -> Result<Progress, Error> {
    let began = host::now();
    let found = discover::discover(mount, full)?;
    tally.found += found.changed.len();
    catalogue::write(
        found.lost.iter().flat_map(|place| keep::gone(mount, place)).collect(),
        Vec::new(),
        gone_events(&found),
    )?;
    tally.gone += found.lost.len();
    let changed: Vec<_> = found.changed.iter().collect();
    for batch in changed.chunks(BATCH) {
        if job::cancelled() {
            return Ok(Progress::Cancelled);
        }
        keep::read_and_write(mount, batch, &found)?;
        tally.read += batch.len();
        publish(tally, "running")?;
        if host::monotonic_ms().saturating_sub(begin) > SLICE_MS && tally.read < tally.found {
            return Ok(Progress::MoreToDo);
        }
    }
    finish(mount, &found, began)?;
    if let Some(at) = discover::next_recheck(mount)? {
        let wait = u64::try_from(at - host::now()).unwrap_or(0).clamp(1_000, 600_000);
        tally.recheck_in_ms = Some(tally.recheck_in_ms.map_or(wait, |other| other.min(wait)));
    }
    Ok(Progress::Complete)
}

/// Only now are the folders' times kept: a scan that was cut off looks at them again.
fn finish(mount: &str, found: &Findings, began: i64) -> Result<(), Error> {
    let folders: Vec<(String, i64)> = found.folders.iter().map(|(path, modified)| (path.clone(), *modified)).collect();
    let mut statements = catalogue::keep_folders(mount, &folders, began);
    statements.extend(catalogue::drop_folders(mount, &found.lost_folders));
    statements.push(catalogue::note_scanned(mount, host::now()));
    catalogue::write(statements, Vec::new(), Vec::new())
}

fn gone_events(found: &Findings) -> Vec<NewEvent> {
    found
        .lost
        .iter()
        .map(|place| new_event("dcp.changed", json!({ "id": place.package, "change": "removed" }).to_string()))
        .collect()
}

fn publish(tally: &Tally, state: &str) -> Result<(), Error> {
    let percent = (tally.found > 0).then(|| tally.read as f32 * 100.0 / tally.found as f32);
    job::progress(percent, &format!("{} of {} packages read", tally.read, tally.found))?;
    let payload = json!({ "state": state, "found": tally.found, "done": tally.read }).to_string();
    lamphouse_plugin::events::publish(&new_event("dcp.scan", payload))
}
