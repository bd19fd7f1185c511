//! Removes what ended long ago: jobs, operations, events.

use crate::tasks;
use lamp_store::{Store, StoreResult};
use std::time::Duration;
use tokio_util::task::AbortOnDropHandle;

const DAY_MS: i64 = 24 * 3_600 * 1_000;
/// Rows removed in one transaction, so that others get their turn.
const BATCH: u32 = 500;

/// How long things are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PruneConfig {
    /// Jobs after their end, days.
    pub job_days: u32,
    /// Operations after their end, days.
    pub operation_days: u32,
    /// Events, days.
    pub event_days: u32,
    /// Most events.
    pub event_rows: u32,
    /// Time between two rounds, seconds.
    pub every_secs: u64,
}

impl Default for PruneConfig {
    fn default() -> Self {
        Self { job_days: 30, operation_days: 30, event_days: 7, event_rows: 200_000, every_secs: 600 }
    }
}

/// What a round removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Jobs.
    pub jobs: u64,
    /// Operations.
    pub operations: u64,
    /// Events.
    pub events: u64,
}

/// Prunes now and then until it is dropped.
pub struct Pruner {
    _task: AbortOnDropHandle<()>,
}

impl Pruner {
    /// Starts with a first round at once.
    pub fn start(store: Store, config: PruneConfig) -> Self {
        let task = tasks::spawn("prune", async move {
            loop {
                match prune(&store, &config).await {
                    Ok(pruned) => tracing::debug!(?pruned, "pruned"),
                    Err(error) => tracing::warn!(%error, "prune"),
                }
                tokio::time::sleep(Duration::from_secs(config.every_secs.max(1))).await;
            }
        });
        Self { _task: task }
    }
}

/// One round.
pub async fn prune(store: &Store, config: &PruneConfig) -> StoreResult<Pruned> {
    let now = store.now();
    let before = |days: u32| now.plus_ms(-i64::from(days).saturating_mul(DAY_MS));
    let mut pruned = Pruned::default();
    loop {
        let jobs = store.prune_jobs(before(config.job_days), BATCH).await?;
        let operations = store.prune_operations(before(config.operation_days), BATCH).await?;
        pruned.jobs += jobs;
        pruned.operations += operations;
        if jobs < u64::from(BATCH) && operations < u64::from(BATCH) {
            break;
        }
    }
    pruned.events = store.prune_events(before(config.event_days), config.event_rows).await?;
    Ok(pruned)
}
