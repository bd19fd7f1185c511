//! What people and plugins ask of a job from outside: cancel it, try it again.

use super::{changed, listed};
use crate::audit::{NewAudit, Origin, Outcome, append_audit};
use crate::database::{Signal, Tx, query};
use crate::error::{StoreError, StoreResult};
use crate::events::append_events;
use crate::operations;
use crate::store::Store;
use lamp_core::clock::UnixMs;
use lamp_core::id::JobId;
use lamp_core::job::{Job, JobState};

/// What came of asking to cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelling {
    /// It did not run: it is cancelled.
    Cancelled,
    /// It runs: its run is told, and it ends when the run does.
    Asked,
    /// It had ended before, in this state.
    EndedBefore(JobState),
}

/// The audit row of what a person did to a job; before the events of the same transaction, whose turn comes last.
async fn record(tx: &mut Tx, at: UnixMs, origin: &Origin, action: &'static str, id: &JobId) -> StoreResult<()> {
    let entry = NewAudit { action, subject: id.to_string(), detail: serde_json::json!({}), outcome: Outcome::Allowed };
    append_audit(tx, at, origin, entry).await
}

impl Store {
    /// Cancels a job, or asks its run to stop, and writes down who wanted it; a plugin that ends its own job (`origin` is
    /// none) leaves no audit row. Errors: `NotFound`.
    pub async fn cancel_job(&self, id: &JobId, origin: Option<&Origin>) -> StoreResult<Cancelling> {
        let now = self.now();
        let mut tx = self.begin_write().await?;
        let mut events = Vec::new();
        // The operation's row is locked before the job's, as the end of an operation does.
        let waiting = query("select * from job where id = $1 and state = 'blocked'").bind(id);
        if let Some(job) = tx.fetch_optional(waiting).await?.as_ref().map(listed).transpose()?
            && let Some(operation) = &job.waits_for
        {
            events = operations::stop_unneeded(&mut tx, operation, &job, now).await?;
        }
        let mut found = query("select * from job where id = $1").bind(id);
        found.push(tx.pick("", " for update"));
        let row = tx.fetch_optional(found).await?.ok_or_else(|| StoreError::not_found("job", id))?;
        let job = listed(&row)?;
        let answer = match job.state {
            state if state.is_final() => return Ok(Cancelling::EndedBefore(state)),
            JobState::Leased => {
                let ask = "update job set cancel_requested_at = coalesce(cancel_requested_at, $1) where id = $2";
                tx.execute(query(ask).bind(now).bind(id)).await?;
                events.push(changed(&job));
                Cancelling::Asked
            }
            _ => {
                let end = query(
                    "update job set state = 'cancelled', finished_at = $1, cancel_requested_at = $1, waits_for = null
                     where id = $2 returning *",
                );
                let row = tx.fetch_one(end.bind(now).bind(id)).await?;
                events.push(changed(&listed(&row)?));
                Cancelling::Cancelled
            }
        };
        if let Some(origin) = origin {
            record(&mut tx, now, origin, "job.cancel", id).await?;
        }
        append_events(&mut tx, now, events).await?;
        tx.wake_after_commit(Signal::Jobs);
        tx.commit().await?;
        Ok(answer)
    }

    /// Makes an ended job due again, with all its attempts and its last checkpoint, and writes down who wanted it. Errors: `NotFound`; `Invalid` while
    /// it has not ended; `Conflict(job_plugin_kind_unique_key)` when another unfinished job holds its unique key.
    pub async fn retry_job(&self, id: &JobId, origin: &Origin) -> StoreResult<Job> {
        let now = self.now();
        let mut tx = self.begin_write().await?;
        let again = query(
            "update job set state = 'available', attempt = 0, losses = 0, run_at = $1, cancel_requested_at = null,
             error = null, result = null, finished_at = null, resumed_by = null, progress = '{}'
             where id = $2 and state in ('succeeded', 'failed', 'cancelled') returning *",
        );
        let Some(row) = tx.fetch_optional(again.bind(now).bind(id)).await? else {
            let known = tx.fetch_optional(query("select state from job where id = $1").bind(id)).await?;
            let state: String = known.ok_or_else(|| StoreError::not_found("job", id))?.get("state")?;
            return Err(StoreError::Invalid(format!("job {id} is {state}: only an ended job can be tried again")));
        };
        let job = listed(&row)?;
        record(&mut tx, now, origin, "job.retry", id).await?;
        append_events(&mut tx, now, vec![changed(&job)]).await?;
        tx.wake_after_commit(Signal::Jobs);
        tx.commit().await?;
        Ok(job)
    }

    /// Jobs leased by `owner` that somebody asked to cancel.
    pub async fn job_cancel_wishes(&self, owner: &str) -> StoreResult<Vec<JobId>> {
        let text = "select id from job where state = 'leased' and lease_owner = $1 and cancel_requested_at is not null";
        self.fetch_all(query(text).bind(owner)).await?.iter().map(|row| row.get("id")).collect()
    }
}
