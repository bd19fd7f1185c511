//! Runs jobs: claims what is due, calls the body under a lease that beats, and writes what `state` decides.
//! It never knows what a job does.

use crate::active::Active;
use crate::error::JobsError;
use crate::owner::Owner;
use crate::tasks;
use lamp_core::entry::JobBody;
use lamp_core::id::{JobId, PluginId};
use lamp_core::job::{JobProgress, JobState};
use lamp_store::jobs::{ClaimKind, Lane, Lease, lane_name};
use lamp_store::{Signal, Store};
use parking_lot::Mutex;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{broadcast, mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

mod claims;
mod control;
mod finisher;
mod keeper;
mod run;

/// Live updates kept for a slow listener.
const UPDATES_CAPACITY: usize = 1_024;
/// Ends of runs that wait to be written together.
const FINISH_CAPACITY: usize = 1_024;

/// How the runner works. Times are real time; the clock of leases is the store's.
#[derive(Debug, Clone)]
pub struct RunnerConfig {
    /// Who takes the leases.
    pub owner: Owner,
    /// A lease without a beat ends after so many ms; the run itself stops after five sixths of it.
    pub lease_ms: u64,
    /// Time between beats, ms; a third of the lease.
    pub beat_ms: u64,
    /// Runs at the same time on this host.
    pub max_concurrent: u32,
    /// Longest wait before the queue is looked at again without being woken, ms.
    pub poll_ms: u64,
    /// Time a run has to end by itself once it is told to, ms; then it is dropped.
    pub grace_ms: u64,
}

impl RunnerConfig {
    /// The usual figures: lease 30 s, beat 10 s, 16 runs, poll 1 s, grace 5 s.
    pub fn new(owner: Owner) -> Self {
        Self { owner, lease_ms: 30_000, beat_ms: 10_000, max_concurrent: 16, poll_ms: 1_000, grace_ms: 5_000 }
    }
}

/// A kind of job that can be run now.
#[derive(Debug, Clone, PartialEq)]
pub struct RunnableKind {
    /// Its plugin.
    pub plugin: PluginId,
    /// The kind.
    pub kind: String,
    /// Its lane, without the plugin's prefix.
    pub lane: String,
    /// Jobs of the lane at the same time, on all hosts together; the largest of the lane's kinds counts.
    pub concurrency: u32,
    /// Delays between attempts, ms; the last one repeats.
    pub backoff_ms: Vec<u64>,
    /// Wall time of a run, ms.
    pub wall_limit_ms: u64,
}

/// A change of a job as it happens, for live views. What is durable goes through the event log as well.
#[derive(Debug, Clone, PartialEq)]
pub struct JobUpdate {
    /// The job.
    pub id: JobId,
    /// Its plugin.
    pub plugin: PluginId,
    /// Its kind.
    pub kind: String,
    /// State.
    pub state: JobState,
    /// Progress.
    pub progress: JobProgress,
}

/// What all tasks of the runner share.
struct Shared {
    store: Store,
    body: Arc<dyn JobBody>,
    config: RunnerConfig,
    owner: String,
    runnable: watch::Sender<Arc<Runnable>>,
    active: Mutex<HashMap<JobId, Active<Lease>>>,
    updates: broadcast::Sender<JobUpdate>,
    finishes: mpsc::Sender<finisher::Request>,
    stopping: CancellationToken,
}

/// The kinds that can be run, as claims and runs need them.
#[derive(Debug, Default)]
struct Runnable {
    claims: Vec<ClaimKind>,
    kinds: HashMap<(PluginId, String), RunnableKind>,
}

/// The running queue. Dropping it ends all runs at once, as a kill would: their leases end by themselves.
pub struct Runner {
    shared: Arc<Shared>,
    claims: Mutex<Option<AbortOnDropHandle<()>>>,
    finisher: Mutex<Option<AbortOnDropHandle<()>>>,
    _keeper: AbortOnDropHandle<()>,
}

impl Runner {
    /// Starts with nothing runnable. Leases of earlier lives of this host are reaped at once.
    pub fn start(store: Store, body: Arc<dyn JobBody>, config: RunnerConfig) -> Self {
        let (finishes, requests) = mpsc::channel(FINISH_CAPACITY);
        let shared = Arc::new(Shared {
            owner: config.owner.text(),
            store,
            body,
            config,
            runnable: watch::Sender::default(),
            active: Mutex::default(),
            updates: broadcast::Sender::new(UPDATES_CAPACITY),
            finishes,
            stopping: CancellationToken::new(),
        });
        let finisher = tasks::spawn("finisher", finisher::run(shared.store.clone(), shared.lease(), requests));
        let keeper = tasks::spawn("keeper", keeper::run(Arc::clone(&shared), shared.store.watch(Signal::Jobs)));
        let claims = tasks::spawn("claims", claims::run(Arc::clone(&shared), shared.store.watch(Signal::Jobs)));
        Self { shared, claims: Mutex::new(Some(claims)), finisher: Mutex::new(Some(finisher)), _keeper: keeper }
    }

    /// Sets what can be run from now on, and writes the lanes' limits. Runs that have begun go on.
    pub async fn set_runnable(&self, kinds: Vec<RunnableKind>) -> Result<(), JobsError> {
        let mut limits: BTreeMap<(PluginId, String), u32> = BTreeMap::new();
        for kind in &kinds {
            let limit = limits.entry((kind.plugin.clone(), kind.lane.clone())).or_default();
            *limit = (*limit).max(kind.concurrency.max(1));
        }
        let lanes: Vec<Lane> =
            limits.into_iter().map(|((plugin, lane), max_leased)| Lane { plugin, lane, max_leased }).collect();
        self.shared.store.set_lanes(&lanes).await?;
        let claims = kinds
            .iter()
            .map(|kind| ClaimKind {
                plugin: kind.plugin.clone(),
                kind: kind.kind.clone(),
                lane: lane_name(&kind.plugin, &kind.lane),
            })
            .collect();
        let kinds = kinds.into_iter().map(|kind| ((kind.plugin.clone(), kind.kind.clone()), kind)).collect();
        self.shared.runnable.send_replace(Arc::new(Runnable { claims, kinds }));
        Ok(())
    }

    /// Changes of jobs of this host as they happen. A listener that lags misses the oldest.
    pub fn updates(&self) -> broadcast::Receiver<JobUpdate> {
        self.shared.updates.subscribe()
    }

    /// Number of runs at work.
    pub fn active(&self) -> usize {
        self.shared.active.lock().len()
    }

    /// Claims nothing more, tells all runs to stop, drops those that have not ended after the grace, and gives their
    /// leases back without using an attempt. Returns when all is written, at the latest a few seconds after the grace.
    pub async fn shutdown(&self) {
        self.shared.stopping.cancel();
        let claims = self.claims.lock().take();
        if let Some(claims) = claims {
            let bound = Duration::from_millis(self.shared.config.grace_ms) + finisher::BOUND;
            if tokio::time::timeout(bound, claims).await.is_err() {
                tracing::warn!("runs did not end in time; their leases end by themselves");
            }
        }
        self.finisher.lock().take();
    }
}

impl Shared {
    fn lease(&self) -> Duration {
        Duration::from_millis(self.config.lease_ms)
    }

    fn announce(&self, update: JobUpdate) {
        // Nobody listening is no error.
        let _listeners = self.updates.send(update);
    }
}
