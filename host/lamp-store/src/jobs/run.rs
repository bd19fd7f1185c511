//! Writes of runs, each fenced: beats, checkpoints, progress, the end; and the reaping of lost leases.

use super::log::{LogLevel, log_in};
use super::{CheckpointChange, Fenced, Lease, Transition, changed, whole};
use crate::database::{Signal, Tx, query};
use crate::error::{StoreError, StoreResult};
use crate::events::append_events;
use crate::operations;
use crate::store::Store;
use lamp_core::clock::UnixMs;
use lamp_core::event::NewEvent;
use lamp_core::id::OperationId;
use lamp_core::job::{Job, JobProgress, JobState};
use lamp_core::operation::OperationState;
use std::collections::BTreeMap;

/// What a beat learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beat {
    /// The lease holds until the new time.
    Held {
        /// Somebody asked to cancel the job.
        cancelling: bool,
    },
    /// The lease is gone.
    FencedOut,
}

/// Decides the end of a run from the row as it is now and the state of the operation it names.
/// May be asked twice, when a busy database makes the transaction start over.
pub type Decide = Box<dyn Fn(&Job, Option<OperationState>) -> Transition + Send + Sync>;

/// The end of one run.
pub struct Finish {
    /// The run's lease.
    pub lease: Lease,
    /// Operation the run wants to be resumed on.
    pub operation: Option<OperationId>,
    /// What the end does.
    pub decide: Decide,
}

/// Which leases to reap.
#[derive(Debug, Clone, Copy)]
pub enum ReapScope<'a> {
    /// Those whose time has run out.
    Expired,
    /// Those of earlier lives of this host: owner begins with `prefix` and is not `owner`.
    EarlierLives {
        /// What the owners of one host have in common.
        prefix: &'a str,
        /// The present life.
        owner: &'a str,
    },
}

impl Store {
    /// Extends leases until `lease_until`, in one transaction. Shape: one answer per lease, in order.
    pub async fn beat_jobs(&self, leases: &[Lease], lease_until: UnixMs) -> StoreResult<Vec<Beat>> {
        let mut beats = BTreeMap::new();
        let mut tx = self.begin_write().await?;
        for lease in in_lock_order(leases.iter()) {
            let text = "update job set lease_until = $1 where id = $2 and fence = $3 and state = 'leased'
                returning cancel_requested_at";
            let row = tx.fetch_optional(query(text).bind(lease_until).bind(&lease.job).bind(lease.fence)).await?;
            let beat = match row {
                None => Beat::FencedOut,
                Some(row) => Beat::Held { cancelling: row.get::<Option<UnixMs>>("cancel_requested_at")?.is_some() },
            };
            beats.insert(lease, beat);
        }
        tx.commit().await?;
        Ok(leases.iter().map(|lease| beats.get(lease).copied().unwrap_or(Beat::FencedOut)).collect())
    }

    /// Keeps a run's checkpoint; the job counts as getting on. Errors: `Limit` over 256 KiB.
    pub async fn save_job_checkpoint(&self, lease: &Lease, checkpoint: &[u8]) -> StoreResult<Fenced> {
        let mut tx = self.begin_write().await?;
        let written = save_checkpoint_in(&mut tx, lease, checkpoint).await?;
        tx.commit().await?;
        Ok(written)
    }

    /// Keeps a run's progress.
    pub async fn save_job_progress(&self, lease: &Lease, progress: &JobProgress) -> StoreResult<Fenced> {
        let json = serde_json::to_string(progress).map_err(|error| StoreError::Invalid(error.to_string()))?;
        let text = "update job set progress = $1 where id = $2 and fence = $3 and state = 'leased'";
        let mut tx = self.begin_write().await?;
        let changed = tx.execute(query(text).bind(json).bind(&lease.job).bind(lease.fence)).await?;
        tx.commit().await?;
        Ok(Fenced::by_rows(changed))
    }

    /// Ends runs, all in one transaction, each fenced. Shape: one answer per run, in order: the row as written, or
    /// none when the run was fenced out. Errors: of the database; then nothing is written and all may be tried again.
    pub async fn finish_jobs(&self, runs: &[Finish]) -> StoreResult<Vec<Option<Job>>> {
        let now = self.now();
        let mut tx = self.begin_write().await?;
        let mut operations = BTreeMap::new();
        // Operations before jobs, each sorted: the order in which the end of an operation locks them.
        for id in in_lock_order(runs.iter().filter_map(|run| run.operation.as_ref())) {
            if let Some((plugin, state)) = operations::state_for_share(&mut tx, id).await? {
                operations.insert(id.clone(), (plugin, state));
            }
        }
        let (mut ended, mut events) = (BTreeMap::new(), Vec::new());
        let order: BTreeMap<&Lease, &Finish> = runs.iter().map(|run| (&run.lease, run)).collect();
        for (lease, run) in order {
            let Some(row) = lock_leased(&mut tx, lease).await? else { continue };
            let named = run.operation.as_ref().and_then(|id| operations.get(id));
            // Another plugin's operation is none of this job's business.
            let state = named.filter(|(plugin, _)| *plugin == row.plugin).map(|(_, state)| *state);
            let after = apply(&mut tx, &row, (run.decide)(&row, state), &mut events).await?;
            ended.insert(lease, after);
        }
        append_events(&mut tx, now, events).await?;
        tx.commit().await?;
        Ok(runs.iter().map(|run| ended.get(&run.lease).cloned()).collect())
    }

    /// Ends runs whose lease is lost, at most `limit`; `decide` gets the row and the leases lost in a row before.
    /// Shape: the rows as written.
    pub async fn reap_jobs(
        &self,
        scope: ReapScope<'_>,
        limit: u32,
        decide: &(dyn Fn(&Job, u32) -> Transition + Send + Sync),
    ) -> StoreResult<Vec<Job>> {
        let now = self.now();
        let mut statement = query("select * from job where state = 'leased' and ");
        match scope {
            ReapScope::Expired => {
                statement.push("lease_until < ");
                statement.push_bind(now);
            }
            ReapScope::EarlierLives { prefix, owner } => {
                statement = statement.bind(prefix).bind(owner);
                statement.push("substr(lease_owner, 1, length($1)) = $1 and lease_owner <> $2");
            }
        }
        statement.push(" order by id limit ");
        statement.push_bind(limit);
        if self.fetch_optional(statement.clone()).await?.is_none() {
            return Ok(Vec::new());
        }
        let mut tx = self.begin_write().await?;
        statement.push(tx.pick("", " for update skip locked"));
        let (mut reaped, mut events) = (Vec::new(), Vec::new());
        for row in tx.fetch_all(statement).await? {
            let (job, losses) = (whole(&row)?, row.get("losses")?);
            reaped.push(apply(&mut tx, &job, decide(&job, losses), &mut events).await?);
        }
        append_events(&mut tx, now, events).await?;
        tx.wake_after_commit(Signal::Jobs);
        tx.commit().await?;
        Ok(reaped)
    }
}

/// Keeps a run's checkpoint in the caller's transaction, as a batch of a plugin does. Errors: `Limit` over 256 KiB.
pub async fn save_checkpoint_in(tx: &mut Tx, lease: &Lease, checkpoint: &[u8]) -> StoreResult<Fenced> {
    if checkpoint.len() > super::MAX_CHECKPOINT_BYTES {
        let (bytes, limit) = (checkpoint.len(), super::MAX_CHECKPOINT_BYTES);
        return Err(StoreError::Limit(format!("the checkpoint has {bytes} bytes, at most {limit}")));
    }
    let text = "update job set checkpoint = $1, losses = 0 where id = $2 and fence = $3 and state = 'leased'";
    Ok(Fenced::by_rows(tx.execute(query(text).bind(checkpoint).bind(&lease.job).bind(lease.fence)).await?))
}

/// One order for all, so that two transactions over the same rows never wait for each other in a circle.
fn in_lock_order<'a, T: Ord + 'a>(items: impl Iterator<Item = &'a T>) -> std::collections::BTreeSet<&'a T> {
    items.collect()
}

async fn lock_leased(tx: &mut Tx, lease: &Lease) -> StoreResult<Option<Job>> {
    let mut statement = query("select * from job where id = $1 and fence = $2 and state = 'leased'");
    statement.push(tx.pick("", " for update"));
    let row = tx.fetch_optional(statement.bind(&lease.job).bind(lease.fence)).await?;
    row.as_ref().map(whole).transpose()
}

/// Writes what the end of a run does: the row, its attempt, a line for a failure; gathers the events. The row is locked.
async fn apply(tx: &mut Tx, row: &Job, change: Transition, events: &mut Vec<NewEvent>) -> StoreResult<Job> {
    let mut update = query(
        "update job set state = $1, run_at = $2, attempt = $3, losses = $4, error = $5, result = $6, waits_for = $7,
         resumed_by = $8, finished_at = $9, lease_owner = null, lease_until = null",
    );
    update = update.bind(change.state.as_str()).bind(change.run_at).bind(change.attempt).bind(change.losses);
    update = update.bind(change.error.as_ref()).bind(change.result.as_ref()).bind(change.waits_for.as_ref());
    update = update.bind(change.resumed_by.as_ref()).bind(change.state.is_final().then_some(change.ended_at));
    match change.checkpoint {
        CheckpointChange::Keep => {}
        CheckpointChange::Replace(bytes) => {
            update.push(", checkpoint = ");
            update.push_bind(bytes);
        }
        CheckpointChange::Clear => update.push(", checkpoint = null"),
    }
    update.push(" where state = 'leased' and fence = ");
    update.push_bind(row.fence);
    update.push(" and id = ");
    update.push_bind(&row.id);
    update.push(" returning *");
    let after = whole(&tx.fetch_one(update).await?)?;
    let failure = change.error.as_deref().filter(|_| change.failed);
    let attempt =
        query("update job_attempt set ended_at = $1, outcome = $2, message = $3 where job_id = $4 and fence = $5");
    tx.execute(attempt.bind(change.ended_at).bind(change.outcome).bind(failure).bind(&row.id).bind(row.fence)).await?;
    if let Some(message) = failure {
        let level = if after.state == JobState::Failed { LogLevel::Error } else { LogLevel::Warn };
        log_in(tx, &row.id, level, &format!("run {} failed: {message}", row.fence), change.ended_at).await?;
    }
    if let Some(operation) = &change.cancel_operation {
        events.extend(operations::stop_unneeded(tx, operation, row, change.ended_at).await?);
    }
    events.push(changed(&after));
    Ok(after)
}
