//! Keeps leases alive, passes on wishes to cancel, and takes jobs back from leases that were lost.

use super::Shared;
use crate::active::Told;
use crate::state;
use lamp_store::StoreResult;
use lamp_store::jobs::{Beat, Lease, ReapScope};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// Shortest time between two looks for wishes to cancel, however often jobs change.
const SHORTEST_LOOK: Duration = Duration::from_millis(50);
/// Jobs taken back in one transaction.
const REAP_LIMIT: u32 = 256;

/// Works until it is dropped.
pub(super) async fn run(shared: Arc<Shared>, mut changed: watch::Receiver<u64>) {
    let poll = Duration::from_millis(shared.config.poll_ms.max(1));
    let beat = Duration::from_millis(shared.config.beat_ms.max(1));
    let mut next_beat = Instant::now() + beat;
    let mut reaped_own = false;
    loop {
        if !reaped_own {
            reaped_own = done(reap_earlier_lives(&shared).await, "take back the jobs of an earlier life");
        }
        done(pass_wishes(&shared).await, "look for wishes to cancel");
        if Instant::now() >= next_beat {
            next_beat = Instant::now() + beat;
            done(beat_all(&shared).await, "extend leases");
            done(reap(&shared, ReapScope::Expired).await, "take back lost jobs");
        }
        tokio::time::sleep(SHORTEST_LOOK.min(poll)).await;
        let wait = poll.min(next_beat.saturating_duration_since(Instant::now()));
        tokio::select! {
            answer = changed.changed() => if answer.is_err() { return },
            () = tokio::time::sleep(wait) => {}
        }
    }
}

fn done(answer: StoreResult<()>, what: &'static str) -> bool {
    if let Err(error) = &answer {
        tracing::warn!(%error, "{what}");
    }
    answer.is_ok()
}

async fn pass_wishes(shared: &Shared) -> StoreResult<()> {
    if shared.active.lock().is_empty() {
        return Ok(());
    }
    for job in shared.store.job_cancel_wishes(&shared.owner).await? {
        if let Some(active) = shared.active.lock().get(&job) {
            active.tell(Told::Cancel);
        }
    }
    Ok(())
}

async fn beat_all(shared: &Shared) -> StoreResult<()> {
    let leases: Vec<Lease> = shared.active.lock().values().map(|active| active.lease.clone()).collect();
    if leases.is_empty() {
        return Ok(());
    }
    let asked = Instant::now();
    let until = shared.store.now().plus_ms(i64::try_from(shared.config.lease_ms).unwrap_or(i64::MAX));
    let beats = shared.store.beat_jobs(&leases, until).await?;
    let active = shared.active.lock();
    for (lease, beat) in leases.iter().zip(beats) {
        let Some(run) = active.get(&lease.job).filter(|run| run.lease == *lease) else { continue };
        match beat {
            Beat::FencedOut => run.tell(Told::FencedOut),
            Beat::Held { cancelling } => {
                run.extend(asked, shared.lease());
                if cancelling {
                    run.tell(Told::Cancel);
                }
            }
        }
    }
    Ok(())
}

async fn reap_earlier_lives(shared: &Shared) -> StoreResult<()> {
    let prefix = shared.config.owner.prefix();
    reap(shared, ReapScope::EarlierLives { prefix: &prefix, owner: &shared.owner }).await
}

async fn reap(shared: &Shared, scope: ReapScope<'_>) -> StoreResult<()> {
    loop {
        let now = shared.store.now();
        let reaped = shared.store.reap_jobs(scope, REAP_LIMIT, &|job, losses| state::lost(job, losses, now)).await?;
        if reaped.is_empty() {
            return Ok(());
        }
        tracing::info!(jobs = reaped.len(), "took jobs back from lost leases");
    }
}
