//! Runs host operations: claims queued ones, calls the executor of their kind under a lease, writes the end.
//! It knows no kind; executors are registered by whoever knows them.

use crate::active::Active;
use crate::owner::Owner;
use crate::tasks;
use async_trait::async_trait;
use lamp_core::id::{OperationId, PluginId};
use lamp_core::operation::{Operation, OperationProgress, OperationState};
use lamp_store::operations::OperationLease;
use lamp_store::{Signal, Store};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

pub use control::OperationControl;

mod claims;
mod control;
mod keeper;
mod run;

const UPDATES_CAPACITY: usize = 1_024;

/// Carries out one kind of operation.
#[async_trait]
pub trait OperationExecutor: Send + Sync + 'static {
    /// Carries out `operation`, from `operation.checkpoint` when there is one: it may have been begun before, also by
    /// another host, and what was done after the checkpoint may be there already. Returns the result, JSON text.
    /// The future is dropped when the lease is lost or the grace after a wish to stop has passed.
    async fn run(&self, operation: &Operation, control: OperationControl) -> Result<String, OperationFailure>;
}

/// Why an operation has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OperationFailure {
    /// For good; the text is shown.
    #[error("{0}")]
    Failed(String),
    /// Ended because it was asked to stop. When only the host stops, the operation goes on at the next start.
    #[error("stopped")]
    Stopped,
}

/// One kind with its executor.
pub struct OperationKind {
    /// `files.hash`, …
    pub kind: String,
    /// Operations of it at the same time on this host.
    pub concurrency: u32,
    /// Who carries it out.
    pub executor: Arc<dyn OperationExecutor>,
}

/// How operations are run. Times are real time; the clock of leases is the store's.
#[derive(Debug, Clone)]
pub struct OperationsConfig {
    /// Who takes the leases.
    pub owner: Owner,
    /// A lease without a beat ends after so many ms; the run itself stops after five sixths of it.
    pub lease_ms: u64,
    /// Time between beats, ms.
    pub beat_ms: u64,
    /// Longest wait before the queue is looked at again without being woken, ms.
    pub poll_ms: u64,
    /// Time a run has to end by itself once it is told to, ms.
    pub grace_ms: u64,
}

impl OperationsConfig {
    /// The usual figures: lease 30 s, beat 10 s, poll 1 s, grace 5 s.
    pub fn new(owner: Owner) -> Self {
        Self { owner, lease_ms: 30_000, beat_ms: 10_000, poll_ms: 1_000, grace_ms: 5_000 }
    }
}

/// A change of an operation as it happens, for live views.
#[derive(Debug, Clone, PartialEq)]
pub struct OperationUpdate {
    /// The operation.
    pub id: OperationId,
    /// Its plugin.
    pub plugin: PluginId,
    /// Its kind.
    pub kind: String,
    /// State.
    pub state: OperationState,
    /// Progress.
    pub progress: OperationProgress,
}

struct Shared {
    store: Store,
    config: OperationsConfig,
    owner: String,
    kinds: HashMap<String, OperationKind>,
    active: Mutex<HashMap<OperationId, Active<OperationLease>>>,
    updates: broadcast::Sender<OperationUpdate>,
    stopping: CancellationToken,
}

/// The running operations. Dropping it ends all at once, as a kill would; the next start carries them on.
pub struct Operations {
    shared: Arc<Shared>,
    claims: Mutex<Option<AbortOnDropHandle<()>>>,
    _keeper: AbortOnDropHandle<()>,
}

impl Operations {
    /// Starts. Operations that an earlier life of this host was running are carried on from their checkpoints.
    pub fn start(store: Store, kinds: Vec<OperationKind>, config: OperationsConfig) -> Self {
        let shared = Arc::new(Shared {
            owner: config.owner.text(),
            store,
            config,
            kinds: kinds.into_iter().map(|kind| (kind.kind.clone(), kind)).collect(),
            active: Mutex::default(),
            updates: broadcast::Sender::new(UPDATES_CAPACITY),
            stopping: CancellationToken::new(),
        });
        let keeper =
            tasks::spawn("operations", keeper::run(Arc::clone(&shared), shared.store.watch(Signal::Operations)));
        let claims =
            tasks::spawn("operations", claims::run(Arc::clone(&shared), shared.store.watch(Signal::Operations)));
        Self { shared, claims: Mutex::new(Some(claims)), _keeper: keeper }
    }

    /// Changes of operations of this host as they happen. A listener that lags misses the oldest.
    pub fn updates(&self) -> broadcast::Receiver<OperationUpdate> {
        self.shared.updates.subscribe()
    }

    /// Begins nothing more, tells all runs to stop, drops those that have not after the grace, and gives the
    /// operations back to the queue.
    pub async fn shutdown(&self) {
        self.shared.stopping.cancel();
        let claims = self.claims.lock().take();
        if let Some(claims) = claims {
            let bound = Duration::from_millis(self.shared.config.grace_ms) + run::END_BOUND;
            if tokio::time::timeout(bound, claims).await.is_err() {
                tracing::warn!("operations did not stop in time; their leases end by themselves");
            }
        }
    }
}

impl Shared {
    fn lease(&self) -> Duration {
        Duration::from_millis(self.config.lease_ms)
    }

    fn announce(&self, update: OperationUpdate) {
        // Nobody listening is no error.
        let _listeners = self.updates.send(update);
    }
}
