//! Durable jobs as rows: enqueue, claim under a lease, fenced writes of a run, cancel, retry, list, prune.
//! It keeps what `lamp-jobs` decides and knows neither why a job ran nor when it should run again.

use crate::database::{Row, Signal, Tx, query};
use crate::error::{StoreError, StoreResult};
use lamp_core::clock::UnixMs;
use lamp_core::event::NewEvent;
use lamp_core::id::{JobId, OperationId, PluginId};
use lamp_core::job::{Job, JobState};
use serde_json::json;

pub use claim::{Claim, ClaimKind};
pub use control::Cancelling;
pub use enqueue::{Enqueued, check_new_job, enqueue_in};
pub use lanes::{Lane, LaneStatus};
pub use list::{JobAttempt, JobCount, JobFilter};
pub use log::{LogLevel, LogLine};
pub use run::{Beat, Decide, Finish, ReapScope, save_checkpoint_in};

mod claim;
mod control;
mod enqueue;
mod lanes;
mod list;
mod log;
mod run;

/// Longest payload.
pub const MAX_PAYLOAD_BYTES: usize = 64 * 1024;
/// Longest checkpoint.
pub const MAX_CHECKPOINT_BYTES: usize = 256 * 1024;
/// Longest unique key.
pub const MAX_UNIQUE_KEY_BYTES: usize = 512;
/// Topic of the event written at each change of a job's state; payload `{id, plugin, kind, state, progress}`.
pub const TOPIC_CHANGED: &str = "jobs.changed";

/// What every write of a run carries. A write whose lease is gone changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lease {
    /// The job.
    pub job: JobId,
    /// Token of this lease.
    pub fence: i64,
}

/// What came of a fenced write.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fenced {
    /// Written.
    Written,
    /// The lease is gone: another run or an end has taken the job. Stop, and touch nothing more.
    FencedOut,
}

impl Fenced {
    pub(crate) fn by_rows(changed: u64) -> Self {
        if changed == 1 { Self::Written } else { Self::FencedOut }
    }
}

/// What the end of a run does to the row. Decided by `lamp-jobs`, written here.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    /// Next state; never `Leased`.
    pub state: JobState,
    /// Not before.
    pub run_at: UnixMs,
    /// New value of the job's attempt.
    pub attempt: u32,
    /// Leases lost in a row.
    pub losses: u32,
    /// What becomes of the checkpoint.
    pub checkpoint: CheckpointChange,
    /// Text of the last failure.
    pub error: Option<String>,
    /// JSON text of the result.
    pub result: Option<String>,
    /// The operation to wait for; exactly when blocked.
    pub waits_for: Option<OperationId>,
    /// The operation the next run is told of.
    pub resumed_by: Option<OperationId>,
    /// An operation that nobody waits for any more and that is asked to stop.
    pub cancel_operation: Option<OperationId>,
    /// When the run ended; in a final state also the end of the job.
    pub ended_at: UnixMs,
    /// The run failed, with `error` as its reason.
    pub failed: bool,
    /// How the run ended, for the list of attempts: `done`, `retry`, `lost`, …
    pub outcome: &'static str,
}

impl Transition {
    /// A transition to `state` at `ended_at` with nothing else set.
    pub fn to(state: JobState, ended_at: UnixMs) -> Self {
        Self {
            state,
            run_at: ended_at,
            attempt: 0,
            losses: 0,
            checkpoint: CheckpointChange::Keep,
            error: None,
            result: None,
            waits_for: None,
            resumed_by: None,
            cancel_operation: None,
            ended_at,
            failed: false,
            outcome: state.as_str(),
        }
    }
}

/// What becomes of a saved checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckpointChange {
    /// Stays.
    Keep,
    /// Is replaced.
    Replace(Vec<u8>),
    /// Is dropped.
    Clear,
}

/// Full name of a plugin's lane, as stored.
pub fn lane_name(plugin: &PluginId, lane: &str) -> String {
    format!("{plugin}/{lane}")
}

/// All columns but the checkpoint, which is large and of no use in lists.
const LISTED_COLUMNS: &str = "seq, id, plugin, kind, payload, lane, priority, state, run_at, attempt, max_attempts, \
    fence, losses, lease_owner, lease_until, cancel_requested_at, progress, waits_for, resumed_by, unique_key, error, \
    result, created_at, started_at, finished_at";

fn listed(row: &Row) -> StoreResult<Job> {
    let state: String = row.get("state")?;
    let progress: String = row.get("progress")?;
    Ok(Job {
        id: row.get("id")?,
        plugin: row.get("plugin")?,
        kind: row.get("kind")?,
        payload: row.get("payload")?,
        lane: row.get("lane")?,
        priority: row.get("priority")?,
        state: JobState::parse(&state).ok_or_else(|| StoreError::damaged("job.state", &state))?,
        run_at: row.get("run_at")?,
        attempt: row.get("attempt")?,
        max_attempts: row.get("max_attempts")?,
        fence: row.get("fence")?,
        lease_owner: row.get("lease_owner")?,
        lease_until: row.get("lease_until")?,
        cancel_requested_at: row.get("cancel_requested_at")?,
        checkpoint: None,
        progress: serde_json::from_str(&progress).map_err(|error| StoreError::damaged("job.progress", error))?,
        waits_for: row.get("waits_for")?,
        resumed_by: row.get("resumed_by")?,
        unique_key: row.get("unique_key")?,
        error: row.get("error")?,
        result: row.get("result")?,
        created_at: row.get("created_at")?,
        started_at: row.get("started_at")?,
        finished_at: row.get("finished_at")?,
    })
}

/// A job with its checkpoint, of a row with all columns.
fn whole(row: &Row) -> StoreResult<Job> {
    Ok(Job { checkpoint: row.get("checkpoint")?, ..listed(row)? })
}

/// The event of a changed state, for the job's plugin and for people. Events are appended last in a transaction:
/// on PostgreSQL publishers pass one at a time, and none of them may then wait for a row that another holds.
fn changed(job: &Job) -> NewEvent {
    let payload = json!({
        "id": job.id, "plugin": job.plugin, "kind": job.kind, "state": job.state.as_str(), "progress": job.progress,
    });
    NewEvent {
        topic: TOPIC_CHANGED.to_owned(),
        source: None,
        target: Some(job.plugin.clone()),
        payload: payload.to_string(),
        retain_key: None,
    }
}

/// Makes jobs that wait for `operation` due, since it has ended. Part of the transaction that ends it; the events are
/// the caller's to append.
pub(crate) async fn resume_waiting(tx: &mut Tx, operation: &OperationId, now: UnixMs) -> StoreResult<Vec<NewEvent>> {
    let statement = query(
        "update job set state = 'available', waits_for = null, resumed_by = $1, run_at = $2
         where waits_for = $1 and state = 'blocked' returning *",
    );
    let rows = tx.fetch_all(statement.bind(operation).bind(now)).await?;
    tx.wake_after_commit(Signal::Jobs);
    rows.iter().map(|row| Ok(changed(&listed(row)?))).collect()
}
