//! The outbox of a plugin's SQLite file: jobs and events of a batch are written with its rows in one transaction, then
//! applied to the host's tables exactly once. The row's id, noted in the host's database in the transaction that applies
//! it, makes a second time do nothing.

use super::sqlite::SqliteDatabase;
use super::{BatchRequest, NewEvent, NewJob};
use crate::database::query;
use crate::error::{StoreError, StoreResult};
use crate::events::append_events;
use crate::jobs::{self, Enqueued, Lease};
use crate::store::Store;
use lamp_core::clock::UnixMs;
use lamp_core::id::{JobId, PluginId};
use serde::{Deserialize, Serialize};

/// How long the host remembers applied rows that are gone from the outbox.
const REMEMBERED_MS: i64 = 3_600_000;

/// What a batch asks of the host, sealed for the outbox.
#[derive(Debug)]
pub(super) struct Envelope {
    id: String,
    content: String,
    jobs: Vec<JobId>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Content {
    jobs: Vec<Job>,
    events: Vec<Event>,
    checkpoint: Option<Checkpoint>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Job {
    id: JobId,
    plugin: PluginId,
    kind: String,
    payload: String,
    lane: String,
    priority: u8,
    run_at: UnixMs,
    unique_key: Option<String>,
    max_attempts: u32,
}

#[derive(Debug, Serialize, Deserialize)]
struct Event {
    topic: String,
    source: Option<PluginId>,
    target: Option<PluginId>,
    payload: String,
    retain_key: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Checkpoint {
    job: JobId,
    fence: i64,
    hex: String,
}

impl Envelope {
    /// None when the batch asks nothing of the host.
    pub(super) fn seal(request: &BatchRequest) -> StoreResult<Option<Self>> {
        if request.enqueue.is_empty() && request.publish.is_empty() && request.checkpoint.is_none() {
            return Ok(None);
        }
        let content = Content {
            jobs: request.enqueue.iter().map(Job::new).collect(),
            events: request.publish.iter().map(Event::new).collect(),
            checkpoint: request.checkpoint.as_ref().map(|(lease, bytes)| Checkpoint {
                job: lease.job.clone(),
                fence: lease.fence,
                hex: hex::encode(bytes),
            }),
        };
        let jobs = content.jobs.iter().map(|job| job.id.clone()).collect();
        let content = serde_json::to_string(&content).map_err(|error| StoreError::Invalid(error.to_string()))?;
        Ok(Some(Self { id: JobId::generate().0, content, jobs }))
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn content(&self) -> &str {
        &self.content
    }

    /// Ids the jobs will have, unless an unfinished job holds their unique key.
    pub(super) fn jobs(&self) -> &[JobId] {
        &self.jobs
    }
}

impl Job {
    fn new(job: &NewJob) -> Self {
        Self {
            id: JobId::generate(),
            plugin: job.plugin.clone(),
            kind: job.kind.clone(),
            payload: job.payload.clone(),
            lane: job.lane.clone(),
            priority: job.priority,
            run_at: job.run_at,
            unique_key: job.unique_key.clone(),
            max_attempts: job.max_attempts,
        }
    }

    fn open(self) -> (JobId, NewJob) {
        let job = NewJob {
            plugin: self.plugin,
            kind: self.kind,
            payload: self.payload,
            lane: self.lane,
            priority: self.priority,
            run_at: self.run_at,
            unique_key: self.unique_key,
            max_attempts: self.max_attempts,
        };
        (self.id, job)
    }
}

impl Event {
    fn new(event: &NewEvent) -> Self {
        Self {
            topic: event.topic.clone(),
            source: event.source.clone(),
            target: event.target.clone(),
            payload: event.payload.clone(),
            retain_key: event.retain_key.clone(),
        }
    }

    fn open(self) -> NewEvent {
        NewEvent {
            topic: self.topic,
            source: self.source,
            target: self.target,
            payload: self.payload,
            retain_key: self.retain_key,
        }
    }
}

/// Refuses a batch whose run has lost its lease, before anything is written.
pub(super) async fn require_lease(store: &Store, lease: &Lease, checkpoint: &[u8]) -> StoreResult<()> {
    if checkpoint.len() > jobs::MAX_CHECKPOINT_BYTES {
        return Err(StoreError::Limit(format!("a checkpoint has at most {} bytes", jobs::MAX_CHECKPOINT_BYTES)));
    }
    let held = query("select 1 as one from job where id = $1 and fence = $2 and state = 'leased'");
    match store.fetch_optional(held.bind(&lease.job).bind(lease.fence)).await? {
        Some(_) => Ok(()),
        None => Err(lease_lost()),
    }
}

pub(super) fn lease_lost() -> StoreError {
    StoreError::Conflict { constraint: "job_lease".to_owned() }
}

/// Applies everything in the outbox, in order. The caller holds the outbox turn. Returns the answers per asked job id.
/// An error of the host's database leaves the rest for the next time; an envelope that can never be applied is dropped.
pub(super) async fn hand_over(
    store: &Store,
    plugin: &PluginId,
    database: &SqliteDatabase,
) -> StoreResult<Vec<(JobId, Enqueued)>> {
    let waiting = database.outbox().await?;
    let ids: Vec<&String> = waiting.iter().map(|(id, _)| id).collect();
    let mut answers = Vec::new();
    for (id, content) in &waiting {
        match apply(store, plugin, id, content, &ids).await {
            Ok(mut enqueued) => answers.append(&mut enqueued),
            Err(
                error @ (StoreError::Conflict { .. }
                | StoreError::Invalid(_)
                | StoreError::Limit(_)
                | StoreError::Damaged { .. }),
            ) => {
                tracing::error!(%plugin, outbox = %id, %error, "dropped jobs and events that cannot be applied");
            }
            Err(error) => return Err(error),
        }
        database.note_handed_over(id.clone());
    }
    Ok(answers)
}

async fn apply(
    store: &Store,
    plugin: &PluginId,
    id: &str,
    content: &str,
    waiting: &[&String],
) -> StoreResult<Vec<(JobId, Enqueued)>> {
    let content: Content =
        serde_json::from_str(content).map_err(|error| StoreError::damaged("lamp_outbox.content", error))?;
    let now = store.now();
    let mut tx = store.begin_write().await?;
    let note = query("insert into outbox_applied (id, plugin, at) values ($1, $2, $3) on conflict (id) do nothing");
    if tx.execute(note.bind(id).bind(plugin).bind(now)).await? == 0 {
        return Ok(Vec::new());
    }
    if let Some(checkpoint) = content.checkpoint {
        let bytes = hex::decode(checkpoint.hex).map_err(|error| StoreError::damaged("lamp_outbox.content", error))?;
        let lease = Lease { job: checkpoint.job, fence: checkpoint.fence };
        // The run committed it while it held the lease. When that lease was then lost with its host, it is still the
        // newest checkpoint: no other run begins before the plugin's database is open again.
        let keep = query(
            "update job set checkpoint = $1, losses = 0 where id = $2 and fence = $3 and (state = 'leased'
             or exists (select 1 from job_attempt where job_id = $2 and fence = $3 and outcome = 'lost'))",
        );
        if tx.execute(keep.bind(bytes).bind(&lease.job).bind(lease.fence)).await? == 0 {
            tracing::debug!(%plugin, job = %lease.job, "lease ended before its checkpoint was handed over");
        }
    }
    let new_jobs: Vec<(JobId, NewJob)> = content.jobs.into_iter().map(Job::open).collect();
    let enqueued = jobs::enqueue_in(&mut tx, &new_jobs, now).await?;
    append_events(&mut tx, now, content.events.into_iter().map(Event::open).collect()).await?;
    if waiting.len() < 1_000 {
        let mut old = query("delete from outbox_applied where plugin = $1 and at < $2 and id not in ");
        old = old.bind(plugin).bind(now.plus_ms(-REMEMBERED_MS));
        old.push_list(waiting.iter().copied());
        tx.execute(old).await?;
    }
    tx.commit().await?;
    Ok(new_jobs.into_iter().map(|(id, _)| id).zip(enqueued).collect())
}
