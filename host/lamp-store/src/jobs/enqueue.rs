//! Putting jobs into the queue.

use super::{MAX_PAYLOAD_BYTES, MAX_UNIQUE_KEY_BYTES, changed, lane_name, listed};
use crate::database::{Signal, Tx, query};
use crate::error::{StoreError, StoreResult};
use crate::events::append_events;
use crate::store::Store;
use lamp_core::clock::UnixMs;
use lamp_core::event::NewEvent;
use lamp_core::id::JobId;
use lamp_core::job::NewJob;
use serde::de::IgnoredAny;

/// The job that now stands for what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enqueued {
    /// Its id.
    pub id: JobId,
    /// False when an unfinished job had the unique key, or a job of that id existed already.
    pub created: bool,
}

impl Store {
    /// Enqueues a job in a transaction of its own.
    /// Errors: `Limit` and `Invalid` for a bad payload, key, priority or number of attempts.
    pub async fn enqueue_job(&self, job: &NewJob) -> StoreResult<Enqueued> {
        let id = JobId::generate();
        let mut tx = self.begin_write().await?;
        let mut enqueued = enqueue_in(&mut tx, &[(id.clone(), job.clone())], self.now()).await?;
        tx.commit().await?;
        Ok(enqueued.pop().unwrap_or(Enqueued { id, created: false }))
    }
}

/// Enqueues jobs in the caller's transaction. The ids make it idempotent: an id that exists stands for the same job,
/// so a batch may be applied again after a crash. Shape: one answer per job, in order. Appends their events, so it
/// comes after everything in the transaction that may wait for a row. Errors: as [`Store::enqueue_job`].
pub async fn enqueue_in(tx: &mut Tx, jobs: &[(JobId, NewJob)], now: UnixMs) -> StoreResult<Vec<Enqueued>> {
    let mut events = Vec::new();
    let mut answers = Vec::with_capacity(jobs.len());
    for (id, job) in jobs {
        check_new_job(job)?;
        let (answer, event) = insert(tx, id, job, now).await?;
        answers.push(answer);
        events.extend(event);
    }
    append_events(tx, now, events).await?;
    tx.wake_after_commit(Signal::Jobs);
    Ok(answers)
}

async fn insert(tx: &mut Tx, id: &JobId, job: &NewJob, now: UnixMs) -> StoreResult<(Enqueued, Option<NewEvent>)> {
    let lane = lane_name(&job.plugin, &job.lane);
    let make_lane = "insert into lane (name, max_leased) values ($1, 1) on conflict do nothing";
    tx.execute(query(make_lane).bind(&lane)).await?;
    // On PostgreSQL the job that holds the key may end between the two statements; then the next insert succeeds.
    for _ in 0..5 {
        let insert = query(
            "insert into job (id, plugin, kind, payload, lane, priority, state, run_at, max_attempts, unique_key, created_at)
             values ($1, $2, $3, $4, $5, $6, 'available', $7, $8, $9, $10) on conflict do nothing returning *",
        );
        let insert = insert.bind(id).bind(&job.plugin).bind(&job.kind).bind(&job.payload).bind(&lane);
        let insert = insert.bind(job.priority).bind(job.run_at).bind(job.max_attempts);
        if let Some(row) = tx.fetch_optional(insert.bind(job.unique_key.as_ref()).bind(now)).await? {
            return Ok((Enqueued { id: id.clone(), created: true }, Some(changed(&listed(&row)?))));
        }
        let existing = query(
            "select id from job where id = $1 or (plugin = $2 and kind = $3 and unique_key = $4
             and state in ('available', 'leased', 'blocked'))",
        );
        let existing = existing.bind(id).bind(&job.plugin).bind(&job.kind).bind(job.unique_key.as_ref());
        if let Some(row) = tx.fetch_optional(existing).await? {
            return Ok((Enqueued { id: row.get("id")?, created: false }, None));
        }
    }
    Err(StoreError::Busy)
}

/// Whether a job may be enqueued. Errors: as [`Store::enqueue_job`].
pub fn check_new_job(job: &NewJob) -> StoreResult<()> {
    if job.payload.len() > MAX_PAYLOAD_BYTES {
        return Err(StoreError::Limit(format!(
            "the payload of a `{}` job has {} bytes, at most {MAX_PAYLOAD_BYTES}",
            job.kind,
            job.payload.len()
        )));
    }
    if let Some(key) = &job.unique_key {
        if key.len() > MAX_UNIQUE_KEY_BYTES {
            return Err(StoreError::Limit(format!(
                "the unique key has {} bytes, at most {MAX_UNIQUE_KEY_BYTES}",
                key.len()
            )));
        }
        if key.contains('\0') {
            return Err(StoreError::Invalid("the unique key contains a NUL".to_owned()));
        }
    }
    if let Err(error) = serde_json::from_str::<IgnoredAny>(&job.payload) {
        return Err(StoreError::Invalid(format!("the payload of a `{}` job is no JSON: {error}", job.kind)));
    }
    if !(1..=9).contains(&job.priority) {
        return Err(StoreError::Invalid(format!("priority {}, use 1 to 9", job.priority)));
    }
    if job.max_attempts == 0 {
        return Err(StoreError::Invalid("max_attempts 0, use at least 1".to_owned()));
    }
    Ok(())
}
