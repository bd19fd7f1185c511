//! Deleting a copy of a package: it goes into the trash of its mount, comes back, or is deleted for good after some days.
//! The row in the catalogue says what is to happen with it; the job does that, one step of the host at a time, and every
//! step can be taken again. What is deleted for good was in the trash before.

mod plan;

use crate::catalogue::{self, Happening, TrashRow, TrashState};
use crate::library;
use crate::scan;
use lamphouse_plugin::events::{Disposition, Event, NewEvent, new_event};
use lamphouse_plugin::files::{self, Place};
use lamphouse_plugin::jobs::{Failure, JobRun, NewJob, Outcome, ResumeOn, new_job};
use lamphouse_plugin::ops::{Operation, State};
use lamphouse_plugin::sql::Statement;
use lamphouse_plugin::{Error, host};
pub use plan::{MOST_PACKAGES, Plan, Reason, Wanted, plan};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

const DAY_MS: i64 = 86_400_000;
/// Attempts of the job; the manifest says the same.
const LAST_ATTEMPT: u32 = 5;
const AGAIN_MS: u64 = 10_000;

/// What an admin set; see the manifest.
#[derive(Deserialize)]
struct Settings {
    trash_keep_days: i64,
}

/// Days that what is deleted stays in the trash.
pub fn keep_days() -> Result<i64, Error> {
    Ok(host::config::<Settings>()?.trash_keep_days)
}

#[derive(Serialize, Deserialize)]
struct Task {
    id: String,
}

/// The job that brings a copy to `state`. One that ends another step at this moment is not taken for it.
fn job(id: &str, state: TrashState) -> NewJob {
    let payload = json!(Task { id: id.to_owned() }).to_string();
    NewJob { unique_key: Some(format!("trash:{id}:{}", state.as_str())), ..new_job("trash", payload) }
}

/// Who asks, for the history.
pub fn asker() -> String {
    host::caller().map_or_else(|| "system".to_owned(), |caller| caller.actor)
}

/// Copies are to go, whatever of this depends on them; their ids in the trash.
pub fn delete(plans: &[Plan], even_if: &[String]) -> Result<Vec<String>, Error> {
    let (now, by) = (host::now(), asker());
    for plan in plans {
        if catalogue::is_being_deleted(&plan.mount, &plan.path)? {
            return Err(Error::Conflict(format!("{} is being deleted already; see the trash", plan.name)));
        }
    }
    let rows: Vec<TrashRow> = plans.iter().map(|plan| new_row(plan, even_if, &by, now)).collect();
    let jobs = rows.iter().map(|row| job(&row.id, row.state)).collect();
    let events = rows.iter().map(|row| told(row, "deleting", "")).collect();
    catalogue::write(rows.iter().map(catalogue::put_trash).collect(), jobs, events)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

fn new_row(plan: &Plan, even_if: &[String], by: &str, now: i64) -> TrashRow {
    let name = format!("{}/{}/{}/{now}", plan.id, plan.mount, plan.path);
    let facts = json!({
        "content_title": plan.content_title, "discovered_at": plan.discovered_at, "even_if": even_if,
    });
    TrashRow {
        id: Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()).to_string(),
        package: plan.id.clone(),
        name: plan.name.clone(),
        mount: plan.mount.clone(),
        path: plan.path.clone(),
        trash_path: String::new(),
        state: TrashState::Deleting,
        size_bytes: i64::try_from(plan.size_bytes).unwrap_or(i64::MAX),
        asked_by: by.to_owned(),
        asked_at: now,
        purge_at: 0,
        facts: facts.to_string(),
        problem: String::new(),
    }
}

/// What lies in the trash is to come back or to be deleted for good. Errors: `NotFound`, `Conflict`.
pub fn send_on(id: &str, to: TrashState) -> Result<(), Error> {
    let row =
        catalogue::find_trash(id)?.ok_or_else(|| Error::NotFound(format!("nothing in the trash has the id {id}")))?;
    if row.state != TrashState::Trashed && row.state != to {
        let text = format!("{} is {} now; wait until that has ended", row.name, row.state.as_str());
        return Err(Error::Conflict(text));
    }
    let event = told(&row, to.as_str(), "");
    catalogue::write(vec![catalogue::send_on(id, to, &asker())], vec![job(id, to)], vec![event])
}

/// The job that deletes for good what lay in the trash long enough, and goes on with what was left half way.
pub fn run_due() -> Result<Outcome, Failure> {
    let due = catalogue::due_trash(host::now())?;
    let purged: Vec<Statement> = due
        .iter()
        .filter(|row| row.state == TrashState::Trashed)
        .map(|row| catalogue::send_on(&row.id, TrashState::Purging, "system"))
        .collect();
    let count = purged.len();
    let next = |state| if state == TrashState::Trashed { TrashState::Purging } else { state };
    catalogue::write(purged, due.iter().map(|row| job(&row.id, next(row.state))).collect(), Vec::new())?;
    Ok(Outcome::Done(Some(json!({ "purged": count }).to_string())))
}

/// One run of the job: the first starts what the row asks for, the second writes what came of it.
pub fn run(run: &JobRun) -> Result<Outcome, Failure> {
    let Task { id } = serde_json::from_str(&run.payload)
        .map_err(|error| Failure::Fatal(format!("its payload cannot be read: {error}")))?;
    let Some(row) = catalogue::find_trash(&id)? else { return Ok(Outcome::Done(None)) };
    match &run.resumed_by {
        None => begin(&row, run.attempt),
        Some(operation) if operation.state == State::Succeeded => conclude(&row, operation),
        Some(operation) => {
            let why = operation.error.clone().unwrap_or_else(|| "the host's part was cancelled".to_owned());
            fail(&row, run.attempt, why)
        }
    }
}

fn begin(row: &TrashRow, attempt: u32) -> Result<Outcome, Failure> {
    let at = |path: &String| Place { mount: row.mount.clone(), path: path.clone() };
    let started = match row.state {
        TrashState::Trashed => return Ok(Outcome::Done(None)),
        TrashState::Deleting => {
            if let Some(reason) = plan::refusal(row)? {
                return fail(row, attempt, reason);
            }
            files::trash(&at(&row.path), &row.id)
        }
        TrashState::Restoring => files::restore(&at(&row.trash_path), last_name(&row.path)),
        TrashState::Purging => files::purge(&at(&row.trash_path)),
    };
    match started {
        Ok(operation) => Ok(Outcome::ResumeOn(ResumeOn { operation, checkpoint: None })),
        Err(error) => fail(row, attempt, host::describe(&error)),
    }
}

fn last_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A step failed. Where nothing was moved that is the end of it; where nobody knows, the step is taken again.
fn fail(row: &TrashRow, attempt: u32, why: String) -> Result<Outcome, Failure> {
    let is_there = |path: &str| files::stat(&row.mount, path).is_ok();
    let unmoved = match row.state {
        TrashState::Deleting => is_there(&row.path),
        TrashState::Restoring => is_there(&row.trash_path),
        TrashState::Trashed | TrashState::Purging => true,
    };
    if !unmoved && attempt < LAST_ATTEMPT {
        return Err(Failure::Retry((why, Some(AGAIN_MS))));
    }
    let (statement, state) = match row.state {
        TrashState::Deleting => (catalogue::drop_trash(&row.id), "not-deleted"),
        TrashState::Restoring | TrashState::Trashed => {
            (catalogue::note_problem(&row.id, TrashState::Trashed, &why), "not-restored")
        }
        // What has begun to go does not come back; it is tried again with what is due.
        TrashState::Purging => (catalogue::note_problem(&row.id, TrashState::Purging, &why), "not-purged"),
    };
    catalogue::write(vec![statement], Vec::new(), vec![told(row, state, &why)])?;
    Err(Failure::Fatal(why))
}

/// What the host says of a folder that it put in the trash.
#[derive(Deserialize)]
struct Trashed {
    trash_path: String,
    bytes: i64,
}

fn conclude(row: &TrashRow, operation: &Operation) -> Result<Outcome, Failure> {
    match row.state {
        TrashState::Trashed => {}
        TrashState::Deleting => write_trashed(row, operation)?,
        TrashState::Restoring => {
            end(row, "restored", json!({}))?;
            // The scan that was asked for finds it as well, only later.
            if let Err(error) = scan::read::look_again(&row.mount, &row.path) {
                lamphouse_plugin::log::warn("what was restored is read later", &[("why", &host::describe(&error))]);
            }
        }
        TrashState::Purging => end(row, "purged", json!({ "size_bytes": row.size_bytes }))?,
    }
    Ok(Outcome::Done(Some(json!({ "package": row.package, "was": row.state.as_str() }).to_string())))
}

fn write_trashed(row: &TrashRow, operation: &Operation) -> Result<(), Failure> {
    let trashed: Trashed = serde_json::from_str(operation.result.as_deref().unwrap_or_default())
        .map_err(|error| Failure::Fatal(format!("the host's answer cannot be read: {error}")))?;
    let now = host::now();
    let purge_at = now.saturating_add(keep_days()?.saturating_mul(DAY_MS));
    let known: Value = serde_json::from_str(&row.facts).unwrap_or_default();
    let facts = json!({ "discovered_at": known["discovered_at"], "purge_at": purge_at });
    let left = catalogue::staying_places(&row.package)?.len();
    let change = if left > 0 { "updated" } else { "removed" };
    let mut statements = catalogue::drop_place(&row.mount, &row.path, &row.package, now);
    statements.extend(catalogue::tell(&[happening(row, "deleted", facts)], now));
    statements.push(catalogue::note_trashed(&row.id, &trashed.trash_path, trashed.bytes, purge_at));
    let changed = new_event("dcp.changed", json!({ "id": row.package, "change": change }).to_string());
    let events = vec![changed, told(row, "trashed", "")];
    // Another copy may be the one to show now.
    catalogue::write(statements, vec![scan_job()], events)?;
    Ok(())
}

/// It is in the trash no more.
fn end(row: &TrashRow, kind: &'static str, facts: Value) -> Result<(), Error> {
    let mut statements = vec![catalogue::drop_trash(&row.id)];
    statements.extend(catalogue::tell(&[happening(row, kind, facts)], host::now()));
    let jobs = if kind == "restored" { vec![scan_job()] } else { Vec::new() };
    catalogue::write(statements, jobs, vec![told(row, kind, "")])
}

fn scan_job() -> NewJob {
    let request = scan::Request::default();
    library::scan_job(&request, request.key())
}

fn happening(row: &TrashRow, kind: &'static str, mut facts: Value) -> Happening {
    facts["mount"] = row.mount.clone().into();
    facts["path"] = row.path.clone().into();
    facts["by"] = row.asked_by.clone().into();
    Happening { package: row.package.clone(), kind, facts }
}

fn told(row: &TrashRow, state: &str, why: &str) -> NewEvent {
    let payload = json!({
        "id": row.id, "package_id": row.package, "package_name": row.name, "state": state, "by": row.asked_by,
        "message": Some(why).filter(|text| !text.is_empty()),
    });
    new_event("dcp.trash", payload.to_string())
}

/// A swarm, as the transfers tell of it.
#[derive(Deserialize)]
struct Swarm {
    info_hash: String,
    package_id: String,
    #[serde(default)]
    servers: Vec<String>,
    #[serde(default)]
    every_server: bool,
}

/// Who hands a package out is known before it is deleted.
pub fn on_swarm(event: &Event) -> Disposition {
    // A swarm that is told of no more says so with nothing.
    let Ok(swarm) = serde_json::from_str::<Swarm>(&event.payload) else { return Disposition::Ack };
    let servers = swarm.servers.len().max(usize::from(swarm.every_server));
    let servers = i64::try_from(servers).unwrap_or(i64::MAX);
    let note = catalogue::put_swarm(&swarm.info_hash, &swarm.package_id, servers);
    match catalogue::write(vec![note], Vec::new(), Vec::new()) {
        Ok(()) => Disposition::Ack,
        Err(_) => Disposition::RetryAfter(2_000),
    }
}
