//! The libraries: which mounts they are, whether they can be read, and when to look again.

use crate::catalogue;
use crate::scan::{self, Request};
use crate::trash;
use lamphouse_plugin::events::{Disposition, Event};
use lamphouse_plugin::jobs::{self, NewJob, State};
use lamphouse_plugin::lifecycle::HealthReport;
use lamphouse_plugin::sql::Statement;
use lamphouse_plugin::{Error, files, host};
use serde::Deserialize;

/// How long a scan waits that looks for changes nobody saw.
const UNSEEN_WAIT_MS: i64 = 3_000;

/// One library as it can be seen now.
pub struct Library {
    /// Mount name.
    pub name: String,
    /// Whether its folder is there.
    pub online: bool,
    /// Whether this plugin may read it.
    pub granted: bool,
    /// Why it cannot be read, in words; empty when it can.
    pub reason: String,
}

impl Library {
    /// Whether packages can be read there now.
    pub fn readable(&self) -> bool {
        self.online && self.granted
    }
}

/// Whether a mount of that name is a library.
fn is_library(mount: &str) -> bool {
    mount == "library" || mount.starts_with("library-")
}

/// The libraries that can be read, and those known from before that no longer can, with the reason.
pub fn libraries() -> Result<Vec<Library>, Error> {
    let mut found: Vec<Library> = files::mounts()
        .into_iter()
        .filter(|mount| is_library(&mount.name) && mount.rights.iter().any(|right| right == "read"))
        .map(|mount| Library { name: mount.name, online: mount.online, granted: true, reason: mount.reason })
        .collect();
    for known in catalogue::known_libraries()? {
        if !found.iter().any(|library| library.name == known) {
            found.push(lost(known));
        }
    }
    Ok(found)
}

/// A library that was there before: asking for it tells why it is not now.
fn lost(name: String) -> Library {
    match files::stat(&name, "") {
        Ok(_) => Library { name, online: true, granted: true, reason: String::new() },
        Err(Error::Denied(_)) => {
            let reason = format!("The right to read `{name}` was taken back; an admin can grant it again.");
            Library { name, online: true, granted: false, reason }
        }
        Err(Error::NotFound(_)) => {
            let reason = format!("There is no mount `{name}` any more; an admin can add it again.");
            Library { name, online: false, granted: true, reason }
        }
        Err(other) => Library { name, online: false, granted: true, reason: host::describe(&other) },
    }
}

/// Asks for a scan; the id of its job.
pub fn request_scan(request: &Request) -> Result<String, Error> {
    ask(scan_job(request, request.key()))
}

/// Asks for a scan after a change that nobody saw. As many changes may follow, and as a mount that was just added is
/// scanned at once, it waits a little; it has a key of its own, so that no other scan waits with it.
fn request_late_scan(now: i64) -> Result<String, Error> {
    let job = scan_job(&Request::default(), "scan:unseen".to_owned());
    ask(NewJob { run_at: Some(now + UNSEEN_WAIT_MS), ..job })
}

/// Asks for a job that a waiting one of its key stands for; the id of the job. One that is running does not: it may be
/// past what changed, so a second one waits behind it.
pub fn ask(job: NewJob) -> Result<String, Error> {
    let id = jobs::enqueue(&job)?;
    if jobs::get(&id)?.state == State::Leased {
        let unique_key = job.unique_key.map(|key| format!("{key}:next"));
        return jobs::enqueue(&NewJob { unique_key, ..job });
    }
    Ok(id)
}

/// The job that scans.
pub fn scan_job(request: &Request, key: String) -> NewJob {
    let payload = serde_json::to_string(request).unwrap_or_else(|_| "{}".to_owned());
    NewJob { unique_key: Some(key), ..jobs::new_job("scan", payload) }
}

#[derive(Deserialize)]
struct FilesChanged {
    mount: String,
    #[serde(default)]
    folders: Vec<String>,
    #[serde(default)]
    overflow: bool,
}

/// A change of files: the folders are marked as changed, durably, and a scan is asked for.
pub fn on_event(event: &Event) -> Disposition {
    if event.topic == "transfers.swarm" {
        return trash::on_swarm(event);
    }
    if event.topic != "files.changed" {
        return Disposition::Ack;
    }
    let Ok(change) = serde_json::from_str::<FilesChanged>(&event.payload) else {
        return Disposition::Reject("its payload cannot be read".to_owned());
    };
    if !is_library(&change.mount) {
        return Disposition::Ack;
    }
    let now = host::now();
    let marks: Vec<Statement> = if change.overflow {
        Vec::new()
    } else {
        change.folders.iter().map(|folder| catalogue::mark_folder(&change.mount, folder, now)).collect()
    };
    let asked = catalogue::write(marks, Vec::new(), Vec::new())
        .and_then(|()| if change.overflow { request_late_scan(now) } else { request_scan(&Request::default()) });
    match asked {
        Ok(_) => Disposition::Ack,
        Err(error) => {
            lamphouse_plugin::log::warn("a change of files is kept for later", &[("why", &host::describe(&error))]);
            Disposition::RetryAfter(2_000)
        }
    }
}

/// Mounts or rights changed: what can be said at once is said at once, and a scan finds the rest.
pub fn on_mounts_changed() -> Result<(), String> {
    scan::note_libraries()
        .and_then(|_| request_scan(&Request::default()))
        .map(|_| ())
        .map_err(|error| host::describe(&error))
}

/// Degraded while a library cannot be read.
pub fn health() -> HealthReport {
    match libraries() {
        Ok(libraries) => {
            let reasons: Vec<String> =
                libraries
                    .into_iter()
                    .filter(|library| !library.readable())
                    .map(|library| {
                        if library.reason.is_empty() {
                            format!("`{}` is offline", library.name)
                        } else {
                            library.reason
                        }
                    })
                    .collect();
            HealthReport { ok: reasons.is_empty(), message: reasons.join(" ") }
        }
        Err(error) => HealthReport { ok: false, message: host::describe(&error) },
    }
}
