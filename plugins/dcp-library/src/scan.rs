//! Scanning: one job finds folders that changed and notes them as unread, a job for each lane reads them. What is noted
//! stays noted until it is read and written; so all of it may be ended at any moment and goes on later.

mod discover;
mod hint;
mod kdms;
mod keep;
pub mod read;
mod source;
mod story;
mod tree;

use crate::catalogue;
use crate::keys;
use crate::library::{self, Library};
use crate::metrics;
use discover::{Findings, LostPlace};
pub use keep::kdm_event;
use lamphouse_plugin::events::{NewEvent, new_event};
use lamphouse_plugin::jobs::{Failure, JobRun, NewJob, Outcome, new_job, run as job};
use lamphouse_plugin::{Error, host};
use read::Lane;
use serde::{Deserialize, Serialize};
use serde_json::json;
pub use tree::{Look, list_many, trees};

/// A run gives its instance back after this long and goes on in the next run.
const SLICE_MS: u64 = 120_000;

/// Places that are dropped in one batch: each takes a dozen statements, of which a batch has 10,000 at the most.
const LOST_AT_ONCE: usize = 300;

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
    let (mut found, mut gone) = (0, 0);
    for library in note_libraries()?.into_iter().filter(Library::readable) {
        if job::cancelled() {
            return Ok(Outcome::Cancelled);
        }
        match scan_library(&library.name, request.full) {
            Ok((to_read, lost)) => {
                found += to_read;
                gone += lost;
            }
            // The right or the storage went away meanwhile: say so, and go on with the other libraries.
            Err(Error::Denied(_) | Error::Unavailable(_) | Error::NotFound(_)) => {
                note_libraries()?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    start_lanes()?;
    keys::keep_watch()?;
    if request.full {
        catalogue::write(vec![catalogue::forget_old_history(host::now())], Vec::new(), Vec::new())?;
    }
    publish()?;
    Ok(Outcome::Done(Some(json!({ "found": found, "gone": gone }).to_string())))
}

fn read_job(lane: Lane) -> NewJob {
    let payload = json!(lane).to_string();
    NewJob { unique_key: Some(format!("read:{}", lane.lane)), ..new_job("read", payload) }
}

/// Writes down which libraries can be read, and what that means for their packages.
pub fn note_libraries() -> Result<Vec<Library>, Error> {
    let (libraries, now) = (library::libraries()?, host::now());
    let mut statements: Vec<_> = libraries
        .iter()
        .flat_map(|library| {
            catalogue::note_library(&library.name, library.online, library.granted, &library.reason, now)
        })
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

/// Finds what changed in a library; how many packages are to be read and how many places are gone. Of a library that was
/// never looked through, the first packages are read while the rest is looked for.
fn scan_library(mount: &str, full: bool) -> Result<(usize, usize), Error> {
    let began = host::now();
    let mut noted = 0;
    let mut write_down = |found: &Findings| {
        note(mount, found, noted, began)?;
        noted += found.roots.len();
        Ok(())
    };
    let gone = if full || !catalogue::was_scanned(mount)? {
        discover::everything(mount, |found| write_down(found).and_then(|()| start_lanes()))?
    } else {
        let found = discover::differences(mount)?;
        write_down(&found)?;
        found.lost.len()
    };
    catalogue::write(vec![catalogue::note_scanned(mount, host::now())], Vec::new(), Vec::new())?;
    Ok((noted, gone))
}

/// Writes down what was found: places that are gone, then folders' times together with the packages to read, of which `noted` were noted before.
fn note(mount: &str, found: &Findings, noted: usize, began: i64) -> Result<(), Error> {
    for lost in found.lost.chunks(LOST_AT_ONCE) {
        let now = host::now();
        let dropped = |place: &LostPlace| catalogue::drop_place(mount, &place.path, &place.package, now);
        catalogue::write(lost.iter().flat_map(dropped).collect(), Vec::new(), gone_events(lost))?;
    }
    let mut statements = catalogue::keep_folders(mount, &found.folders, began);
    statements.extend(catalogue::drop_folders(mount, &found.lost_folders));
    statements.extend(catalogue::add_unread(mount, &found.roots, false, noted, began));
    statements.extend(catalogue::add_unread(mount, &found.kdms.to_read, true, noted + found.roots.len(), began));
    statements.extend(catalogue::put_kdm_files(mount, &[], &found.kdms.lost, began));
    if !found.roots.is_empty() {
        statements.push(catalogue::note_found(mount));
    }
    catalogue::write(statements, Vec::new(), Vec::new())
}

fn start_lanes() -> Result<(), Error> {
    catalogue::waiting_lanes()?.into_iter().try_for_each(|lane| library::ask(read_job(Lane { lane })).map(|_| ()))
}

fn gone_events(lost: &[LostPlace]) -> Vec<NewEvent> {
    let event = |place: &LostPlace| json!({ "id": place.package, "change": "removed" }).to_string();
    lost.iter().map(|place| new_event("dcp.changed", event(place))).collect()
}

/// Tells how far the reading is.
fn publish() -> Result<(), Error> {
    let (found, waiting) = catalogue::reading()?;
    let (found, done) = (found.max(waiting), (found - waiting).max(0));
    let percent = (found > 0).then(|| done as f32 * 100.0 / found as f32);
    job::progress(percent, &format!("{done} of {found} packages read"))?;
    if waiting == 0 {
        metrics::tell_totals()?;
    }
    let state = if waiting == 0 { "done" } else { "running" };
    let payload = json!({ "state": state, "found": found, "done": done }).to_string();
    lamphouse_plugin::events::publish(&new_event("dcp.scan", payload))
}
