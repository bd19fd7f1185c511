//! Keeps leases of operations alive, passes on wishes to stop, and takes operations back from lost leases.

use super::Shared;
use crate::active::Told;
use lamp_store::StoreResult;
use lamp_store::jobs::ReapScope;
use lamp_store::operations::{OperationBeat, OperationLease};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// Shortest time between two looks for wishes to stop, however often operations change.
const SHORTEST_LOOK: Duration = Duration::from_millis(50);
/// Operations taken back in one transaction.
const REAP_LIMIT: u32 = 256;

/// Works until it is dropped.
pub(super) async fn run(shared: Arc<Shared>, mut changed: watch::Receiver<u64>) {
    let poll = Duration::from_millis(shared.config.poll_ms.max(1));
    let beat = Duration::from_millis(shared.config.beat_ms.max(1));
    let mut next_beat = Instant::now() + beat;
    let mut reaped_own = false;
    loop {
        if !reaped_own {
            let prefix = shared.config.owner.prefix();
            let earlier = ReapScope::EarlierLives { prefix: &prefix, owner: &shared.owner };
            reaped_own = done(reap(&shared, earlier).await, "take back the operations of an earlier life");
        }
        done(pass_wishes(&shared).await, "look for wishes to stop");
        if Instant::now() >= next_beat {
            next_beat = Instant::now() + beat;
            done(beat_all(&shared).await, "extend leases of operations");
            done(reap(&shared, ReapScope::Expired).await, "take back lost operations");
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
    for operation in shared.store.operation_cancel_wishes(&shared.owner).await? {
        if let Some(active) = shared.active.lock().get(&operation) {
            active.tell(Told::Cancel);
        }
    }
    Ok(())
}

async fn beat_all(shared: &Shared) -> StoreResult<()> {
    let leases: Vec<OperationLease> = shared.active.lock().values().map(|active| active.lease.clone()).collect();
    if leases.is_empty() {
        return Ok(());
    }
    let asked = Instant::now();
    let until = shared.store.now().plus_ms(i64::try_from(shared.config.lease_ms).unwrap_or(i64::MAX));
    let beats = shared.store.beat_operations(&leases, until).await?;
    let active = shared.active.lock();
    for (lease, beat) in leases.iter().zip(beats) {
        let Some(run) = active.get(&lease.operation).filter(|run| run.lease == *lease) else { continue };
        match beat {
            OperationBeat::FencedOut => run.tell(Told::FencedOut),
            OperationBeat::Held { cancelling } => {
                run.extend(asked, shared.lease());
                if cancelling {
                    run.tell(Told::Cancel);
                }
            }
        }
    }
    Ok(())
}

async fn reap(shared: &Shared, scope: ReapScope<'_>) -> StoreResult<()> {
    loop {
        let reaped = shared.store.reap_operations(scope, REAP_LIMIT).await?;
        if reaped.queued + reaped.ended == 0 {
            return Ok(());
        }
        tracing::info!(queued = reaped.queued, ended = reaped.ended, "took operations back from lost leases");
    }
}
