//! The loop that claims jobs and owns their runs.

use super::{JobUpdate, Shared, run};
use crate::active::{Active, Told};
use lamp_core::job::{Job, JobState};
use lamp_store::StoreResult;
use lamp_store::jobs::{Claim, Lease};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Claims and runs until the runner stops; then tells all runs to end and waits for them.
pub(super) async fn run(shared: Arc<Shared>, mut due: watch::Receiver<u64>) {
    let mut runs = JoinSet::new();
    let mut runnable = shared.runnable.subscribe();
    let poll = Duration::from_millis(shared.config.poll_ms.max(1));
    while !shared.stopping.is_cancelled() {
        // Marked as seen before the claim, so that what comes in between wakes the next wait.
        due.mark_unchanged();
        runnable.mark_unchanged();
        if let Err(error) = claim(&shared, &mut runs).await {
            tracing::warn!(%error, "claim jobs");
            tokio::time::sleep(poll).await;
        }
        tokio::select! {
            changed = due.changed() => if changed.is_err() { break },
            changed = runnable.changed() => if changed.is_err() { break },
            Some(_) = runs.join_next(), if !runs.is_empty() => {}
            () = tokio::time::sleep(poll) => {}
            () = shared.stopping.cancelled() => {}
        }
        while runs.try_join_next().is_some() {}
    }
    for active in shared.active.lock().values() {
        active.tell(Told::HostStops);
    }
    while runs.join_next().await.is_some() {}
}

async fn claim(shared: &Arc<Shared>, runs: &mut JoinSet<()>) -> StoreResult<()> {
    let runnable = Arc::clone(&shared.runnable.borrow());
    let busy = u32::try_from(runs.len()).unwrap_or(u32::MAX);
    let claim = Claim {
        owner: &shared.owner,
        lease_ms: i64::try_from(shared.config.lease_ms).unwrap_or(i64::MAX),
        kinds: &runnable.claims,
        limit: shared.config.max_concurrent.saturating_sub(busy),
    };
    let asked = Instant::now();
    for job in shared.store.claim_jobs(&claim).await? {
        begin(shared, runs, job, asked);
    }
    Ok(())
}

fn begin(shared: &Arc<Shared>, runs: &mut JoinSet<()>, job: Job, asked: Instant) {
    let runnable = Arc::clone(&shared.runnable.borrow());
    let kind = runnable.kinds.get(&(job.plugin.clone(), job.kind.clone())).cloned();
    let lease = Lease { job: job.id.clone(), fence: job.fence };
    let (active, signals) = Active::new(lease, asked, shared.lease());
    if job.cancel_requested_at.is_some() {
        active.tell(Told::Cancel);
    }
    if let Some(earlier) = shared.active.lock().insert(job.id.clone(), active) {
        // This host lost the lease and got the job again before its first run noticed.
        earlier.tell(Told::FencedOut);
    }
    shared.announce(JobUpdate {
        id: job.id.clone(),
        plugin: job.plugin.clone(),
        kind: job.kind.clone(),
        state: JobState::Leased,
        progress: job.progress.clone(),
    });
    runs.spawn(run::run(Arc::clone(shared), job, kind, signals));
}
