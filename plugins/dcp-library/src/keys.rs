//! Which packages open, and until when. A job finds it out for packages and messages that changed, and again at each
//! edge of a window: when one begins, a day and a half before it ends, and when it has ended.

use crate::catalogue::{self, DuePackage, PackageState};
use crate::dcp::kdm::{Kdm, SOON_MS, of_locked};
use crate::library;
use crate::row;
use lamphouse_plugin::events::new_event;
use lamphouse_plugin::jobs::{Failure, JobRun, NewJob, Outcome, new_job, run as job};
use lamphouse_plugin::{Error, host};
use serde_json::json;

/// Packages looked at together.
const BATCH: usize = 200;

/// Asks for the job: now when something changed, else at the next edge of a window.
pub fn keep_watch() -> Result<(), Error> {
    let Some(at) = catalogue::next_look()? else { return Ok(()) };
    let asked = if at <= host::now() {
        NewJob { unique_key: Some("keys:now".to_owned()), ..new_job("keys", "{}".to_owned()) }
    } else {
        // Each edge has a job of its own: one that waits cannot be made to come earlier.
        NewJob { unique_key: Some(format!("keys:{at}")), run_at: Some(at), ..new_job("keys", "{}".to_owned()) }
    };
    library::ask(asked).map(|_| ())
}

/// One run of the job.
pub fn run(_run: &JobRun) -> Result<Outcome, Failure> {
    let now = host::now();
    let kdms = catalogue::due_kdms(now)?;
    catalogue::write(vec![catalogue::settle_packages_without_kdm()], Vec::new(), Vec::new())?;
    let (mut after, mut size, mut looked_at) = (0, BATCH, 0);
    loop {
        if job::cancelled() {
            return Ok(Outcome::Cancelled);
        }
        let looked = catalogue::due_packages(after, now, size).and_then(|due| look_at(&due, now).map(|()| due));
        let due = match looked {
            Ok(due) => due,
            // Packages with very many keys: fewer of them fit into one answer.
            Err(Error::Limit(_)) if size > 1 => {
                size /= 2;
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let Some(last) = due.last() else { break };
        after = last.number;
        looked_at += due.len();
    }
    catalogue::write(catalogue::put_next_edges(&kdms, now), Vec::new(), Vec::new())?;
    keep_watch()?;
    Ok(Outcome::Done(Some(json!({ "packages": looked_at, "messages": kdms.len() }).to_string())))
}

fn look_at(packages: &[DuePackage], now: i64) -> Result<(), Error> {
    let mut compositions: Vec<Vec<u8>> =
        packages.iter().flat_map(|one| &one.locked).map(|lock| lock.composition_id.key().to_vec()).collect();
    compositions.sort_unstable();
    compositions.dedup();
    let kdms: Vec<Kdm> = catalogue::kdms_of(&compositions)?.into_iter().map(|stored| stored.kdm).collect();
    let (mut statements, mut events) = (Vec::new(), Vec::new());
    for package in packages {
        let keys = of_locked(&package.locked, &kdms, now, SOON_MS);
        let at = keys.at_ms.unwrap_or_default();
        let state = PackageState {
            number: package.number,
            due: package.due,
            state: row::word(&keys.state).unwrap_or_default(),
            at,
        };
        statements.push(catalogue::put_keys(&state));
        events.push(new_event("dcp.changed", json!({ "id": package.id, "change": "updated" }).to_string()));
    }
    catalogue::write(statements, Vec::new(), events)
}
