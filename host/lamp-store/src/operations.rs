//! Host-run operations as rows: create, claim under a lease, fenced writes, the end with its wake-up of jobs.
//! It knows no kind of operation; `lamp-jobs` runs them.

use crate::database::{Query, Row, Signal, Tx, query};
use crate::error::{StoreError, StoreResult};
use crate::events::append_events;
use crate::jobs::{self, Fenced};
use crate::store::Store;
use lamp_core::clock::UnixMs;
use lamp_core::event::NewEvent;
use lamp_core::id::{OperationId, PluginId};
use lamp_core::job::Job;
use lamp_core::operation::{Operation, OperationProgress, OperationState};
use serde_json::json;

pub use list::OperationFilter;
pub use run::{ClaimOperations, LeasedOperation, OperationBeat, OperationEnd, OperationLease, OperationReap, Room};

mod list;
mod run;

/// Longest arguments, checkpoint and result, each.
pub const MAX_JSON_BYTES: usize = 1024 * 1024;
/// Topic of the event written when an operation ends, for its plugin; payload `{id, plugin, kind, state, error}`.
pub const TOPIC_FINISHED: &str = "ops.finished";

/// An operation to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOperation {
    /// Owner.
    pub plugin: PluginId,
    /// `files.hash`, `files.copy`, …
    pub kind: String,
    /// Arguments, JSON text of the kind.
    pub arguments: String,
}

/// What came of asking an operation to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopping {
    /// It had not begun: it is cancelled.
    Cancelled,
    /// It runs: it is told.
    Asked,
    /// It had ended before, in this state.
    EndedBefore(OperationState),
}

impl Store {
    /// Queues an operation. Errors: `Limit` and `Invalid` for its arguments.
    pub async fn create_operation(&self, new: &NewOperation) -> StoreResult<OperationId> {
        if new.arguments.len() > MAX_JSON_BYTES {
            return Err(StoreError::Limit(format!("arguments of {} over {MAX_JSON_BYTES} bytes", new.kind)));
        }
        if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(&new.arguments) {
            return Err(StoreError::Invalid(format!("the arguments of {} are no JSON: {error}", new.kind)));
        }
        let id = OperationId::generate();
        let insert = query(
            "insert into operation (id, plugin, kind, arguments, state, created_at) values ($1, $2, $3, $4, 'queued', $5)",
        );
        let insert = insert.bind(&id).bind(&new.plugin).bind(&new.kind).bind(&new.arguments).bind(self.now());
        let mut tx = self.begin_write().await?;
        tx.execute(insert).await?;
        tx.wake_after_commit(Signal::Operations);
        tx.commit().await?;
        Ok(id)
    }

    /// Asks an operation of `plugin` to stop; one that has not begun ends at once. Errors: `NotFound`.
    pub async fn cancel_operation(&self, plugin: &PluginId, id: &OperationId) -> StoreResult<Stopping> {
        let mut tx = self.begin_write().await?;
        let found = locked(&mut tx, id).await?.filter(|operation| operation.plugin == *plugin);
        let operation = found.ok_or_else(|| StoreError::not_found("operation", id))?;
        let (answer, events) = stop(&mut tx, operation, self.now()).await?;
        append_events(&mut tx, self.now(), events).await?;
        tx.commit().await?;
        Ok(answer)
    }
}

/// Asks the operation that `job` waits for to stop, unless another job waits for it too. Returns events to append.
pub(crate) async fn stop_unneeded(tx: &mut Tx, id: &OperationId, job: &Job, now: UnixMs) -> StoreResult<Vec<NewEvent>> {
    let Some(operation) = locked(tx, id).await?.filter(|operation| operation.plugin == job.plugin) else {
        return Ok(Vec::new());
    };
    let others =
        query("select id from job where waits_for = $1 and state = 'blocked' and id <> $2").bind(id).bind(&job.id);
    match tx.fetch_optional(others).await? {
        Some(_) => Ok(Vec::new()),
        None => Ok(stop(tx, operation, now).await?.1),
    }
}

/// Owner and state of an operation; held as it is until the end of the transaction.
pub(crate) async fn state_for_share(tx: &mut Tx, id: &OperationId) -> StoreResult<Option<(PluginId, OperationState)>> {
    let mut statement = query("select plugin, state from operation where id = $1").bind(id);
    statement.push(tx.pick("", " for share"));
    let row = tx.fetch_optional(statement).await?;
    row.map(|row| Ok((row.get("plugin")?, state_of(&row)?))).transpose()
}

async fn locked(tx: &mut Tx, id: &OperationId) -> StoreResult<Option<Operation>> {
    let mut statement = query("select * from operation where id = $1").bind(id);
    statement.push(tx.pick("", " for update"));
    tx.fetch_optional(statement).await?.as_ref().map(read).transpose()
}

async fn stop(tx: &mut Tx, operation: Operation, now: UnixMs) -> StoreResult<(Stopping, Vec<NewEvent>)> {
    if operation.state.is_final() {
        return Ok((Stopping::EndedBefore(operation.state), Vec::new()));
    }
    tx.wake_after_commit(Signal::Operations);
    if operation.state == OperationState::Running {
        let ask = query("update operation set cancel_requested_at = coalesce(cancel_requested_at, $1) where id = $2");
        tx.execute(ask.bind(now).bind(&operation.id)).await?;
        return Ok((Stopping::Asked, Vec::new()));
    }
    let end =
        query("update operation set state = 'cancelled', cancel_requested_at = $1, finished_at = $1 where id = $2");
    tx.execute(end.bind(now).bind(&operation.id)).await?;
    let ended = Operation { state: OperationState::Cancelled, ..operation };
    Ok((Stopping::Cancelled, after_end(tx, &ended, now).await?))
}

/// What the end of an operation brings about, in the transaction that ends it: waiting jobs are due, its plugin hears.
/// Returns events to append.
async fn after_end(tx: &mut Tx, operation: &Operation, now: UnixMs) -> StoreResult<Vec<NewEvent>> {
    let mut events = jobs::resume_waiting(tx, &operation.id, now).await?;
    let payload = json!({
        "id": operation.id, "plugin": operation.plugin, "kind": operation.kind, "state": operation.state.as_str(),
        "error": operation.error,
    });
    events.push(NewEvent {
        topic: TOPIC_FINISHED.to_owned(),
        source: None,
        target: Some(operation.plugin.clone()),
        payload: payload.to_string(),
        retain_key: None,
    });
    tx.wake_after_commit(Signal::Operations);
    Ok(events)
}

fn state_of(row: &Row) -> StoreResult<OperationState> {
    let state: String = row.get("state")?;
    OperationState::parse(&state).ok_or_else(|| StoreError::damaged("operation.state", &state))
}

fn read(row: &Row) -> StoreResult<Operation> {
    Ok(Operation {
        id: row.get("id")?,
        plugin: row.get("plugin")?,
        kind: row.get("kind")?,
        arguments: row.get("arguments")?,
        state: state_of(row)?,
        progress: OperationProgress {
            done_bytes: row.get("done_bytes")?,
            total_bytes: row.get("total_bytes")?,
            current: row.get("current_item")?,
        },
        checkpoint: row.get("checkpoint")?,
        result: row.get("result")?,
        error: row.get("error")?,
        created_at: row.get("created_at")?,
        finished_at: row.get("finished_at")?,
    })
}

/// Whether a fenced update of one row took effect.
async fn fenced(tx: &mut Tx, statement: Query) -> StoreResult<Fenced> {
    Ok(Fenced::by_rows(tx.execute(statement).await?))
}
