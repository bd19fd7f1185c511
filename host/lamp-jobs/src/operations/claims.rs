//! The loop that claims operations and owns their runs.

use super::{Shared, run};
use crate::active::{Active, Told};
use lamp_store::StoreResult;
use lamp_store::operations::{ClaimOperations, OperationLease, Room};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;

/// Claims and runs until told to stop; then tells all runs and waits for them.
pub(super) async fn run(shared: Arc<Shared>, mut queued: watch::Receiver<u64>) {
    let mut runs = Runs::default();
    let poll = Duration::from_millis(shared.config.poll_ms.max(1));
    while !shared.stopping.is_cancelled() {
        queued.mark_unchanged();
        if let Err(error) = claim(&shared, &mut runs).await {
            tracing::warn!(%error, "claim operations");
            tokio::time::sleep(poll).await;
        }
        tokio::select! {
            changed = queued.changed() => if changed.is_err() { break },
            () = runs.ended(), if !runs.tasks.is_empty() => {}
            () = tokio::time::sleep(poll) => {}
            () = shared.stopping.cancelled() => {}
        }
    }
    for active in shared.active.lock().values() {
        active.tell(Told::HostStops);
    }
    while !runs.tasks.is_empty() {
        runs.ended().await;
    }
}

/// Tasks at work with their kinds, for the count of free slots.
#[derive(Default)]
struct Runs {
    tasks: JoinSet<()>,
    kinds: HashMap<Id, String>,
}

impl Runs {
    async fn ended(&mut self) {
        let id = match self.tasks.join_next_with_id().await {
            Some(Ok((id, ()))) => id,
            Some(Err(error)) => error.id(),
            None => return,
        };
        self.kinds.remove(&id);
    }

    fn of_kind(&self, kind: &str) -> u32 {
        u32::try_from(self.kinds.values().filter(|running| *running == kind).count()).unwrap_or(u32::MAX)
    }
}

async fn claim(shared: &Arc<Shared>, runs: &mut Runs) -> StoreResult<()> {
    let rooms: Vec<Room> = shared
        .kinds
        .values()
        .map(|kind| Room {
            kind: kind.kind.clone(),
            free: kind.concurrency.max(1).saturating_sub(runs.of_kind(&kind.kind)),
        })
        .collect();
    let lease_ms = i64::try_from(shared.config.lease_ms).unwrap_or(i64::MAX);
    let asked = Instant::now();
    let wanted = ClaimOperations { owner: &shared.owner, lease_ms, rooms: &rooms };
    for claimed in shared.store.claim_operations(&wanted).await? {
        let lease = OperationLease { operation: claimed.operation.id.clone(), fence: claimed.fence };
        let (active, signals) = Active::new(lease.clone(), asked, shared.lease());
        if claimed.cancelling {
            active.tell(Told::Cancel);
        }
        if let Some(earlier) = shared.active.lock().insert(lease.operation.clone(), active) {
            earlier.tell(Told::FencedOut);
        }
        let kind = claimed.operation.kind.clone();
        let task = runs.tasks.spawn(run::run(Arc::clone(shared), claimed.operation, lease, signals));
        runs.kinds.insert(task.id(), kind);
    }
    Ok(())
}
