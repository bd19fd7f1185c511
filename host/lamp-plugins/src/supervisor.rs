//! The supervisor: brings running plugins to what the store says, keeps those that fail away from the others, and is
//! what queue, event delivery and HTTP server call.

mod calls;
mod reconcile;

use crate::denials::{self, Denial};
use crate::generation::{Generation, Workshop};
use crate::health::Breaker;
use crate::{logs, mounts};
use arc_swap::ArcSwap;
use lamp_caps::Swarms;
use lamp_core::clock::{Clock, UnixMs};
use lamp_core::entry::{PluginState, PluginStatus, RunningPlugin};
use lamp_core::id::PluginId;
use lamp_engine::{Change, CodeCache, Engine, StatsSnapshot};
use lamp_files::{Files, Mounts, WatchOptions, Watcher};
use lamp_jobs::delivery::Delivery;
use lamp_jobs::runner::Runner;
use lamp_jobs::schedule::Scheduler;
use lamp_store::Store;
use lamp_store::plugins::InstalledPlugin;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const CHANNEL: usize = 4_096;
/// How often the store's revision is looked at; changes of this process are told at once.
const POLL: Duration = Duration::from_millis(250);
/// After a look that failed, and after a failed start.
const TRY_AGAIN_MS: u32 = 5_000;
const HOUSEKEEPING: Duration = Duration::from_secs(5);
/// Plugins are asked how they feel at every twelfth housekeeping: once a minute.
const HEALTH_EVERY: u32 = 12;

/// What a supervisor is made of.
pub struct Parts {
    /// The store.
    pub store: Store,
    /// The engine.
    pub engine: Engine,
    /// Compiled code.
    pub cache: CodeCache,
    /// Mounts.
    pub files: Files,
    /// The tracker, where this installation has one.
    pub swarms: Option<Swarms>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Start no plugin.
    pub safe_mode: bool,
}

/// The queue's side, told of what can run.
pub struct Queue {
    /// Runs jobs.
    pub runner: Runner,
    /// Enqueues by the clock.
    pub scheduler: Scheduler,
    /// Delivers events.
    pub delivery: Delivery,
}

/// The supervisor; cheap to clone.
#[derive(Clone)]
pub struct Supervisor {
    inner: Arc<Inner>,
}

struct Inner {
    workshop: Workshop,
    safe_mode: bool,
    slots: ArcSwap<BTreeMap<PluginId, Arc<Slot>>>,
    running: ArcSwap<Vec<RunningPlugin>>,
    queue: OnceLock<Queue>,
    watcher: Watcher,
    reconciling: tokio::sync::Mutex<()>,
    stop: CancellationToken,
}

/// One installed plugin with what runs of it.
struct Slot {
    row: InstalledPlugin,
    generation: Option<Arc<Generation>>,
    status: Mutex<PluginStatus>,
    breaker: Mutex<Breaker>,
    retry_at: Option<UnixMs>,
}

impl Slot {
    fn new(
        row: InstalledPlugin,
        generation: Option<Arc<Generation>>,
        state: PluginState,
        reason: String,
        retry_at: Option<UnixMs>,
    ) -> Self {
        let status = PluginStatus { state, reason, last_trap: None };
        Self { row, generation, status: Mutex::new(status), breaker: Mutex::new(Breaker::default()), retry_at }
    }

    fn set_state(&self, state: PluginState, reason: &str) -> bool {
        let mut status = self.status.lock();
        let changed = status.state != state || status.reason != reason;
        status.state = state;
        reason.clone_into(&mut status.reason);
        changed
    }
}

impl Supervisor {
    /// Makes a supervisor with its background tasks; no plugin runs before [`Supervisor::start`].
    pub fn new(parts: Parts) -> Self {
        let (log_sender, log_lines) = mpsc::channel(CHANNEL);
        let (denial_sender, denials) = mpsc::channel::<Denial>(CHANNEL);
        let (watcher, changes) = Watcher::new(Arc::clone(parts.files.mounts()), WatchOptions::default());
        let stop = CancellationToken::new();
        tokio::spawn(logs::keep(log_lines, parts.store.clone()));
        tokio::spawn(denials::record(denials, parts.store.clone(), Arc::clone(&parts.clock)));
        let workshop = Workshop {
            store: parts.store,
            engine: parts.engine,
            cache: Arc::new(parts.cache),
            files: parts.files,
            swarms: parts.swarms,
            clock: parts.clock,
            logs: log_sender,
            denials: denial_sender,
        };
        let inner = Inner {
            workshop,
            safe_mode: parts.safe_mode,
            slots: ArcSwap::default(),
            running: ArcSwap::default(),
            queue: OnceLock::new(),
            watcher,
            reconciling: tokio::sync::Mutex::new(()),
            stop: stop.clone(),
        };
        let supervisor = Self { inner: Arc::new(inner) };
        tokio::spawn(mounts::relay(changes, supervisor.clone(), stop));
        supervisor
    }

    /// Connects the queue, brings everything to what the store says, and keeps it there until [`Supervisor::stop`].
    pub async fn start(&self, queue: Queue) {
        let _first_and_only = self.inner.queue.set(queue);
        self.reconcile().await;
        tokio::spawn(self.clone().follow());
        tokio::spawn(self.clone().housekeeping());
    }

    /// Gives jobs and deliveries back, then stops all plugins; what is under way has five seconds.
    pub async fn stop(&self) {
        self.inner.stop.cancel();
        if let Some(queue) = self.inner.queue.get() {
            queue.runner.shutdown().await;
            queue.delivery.shutdown().await;
        }
        let _no_reconciling = self.inner.reconciling.lock().await;
        let slots = self.inner.slots.swap(Arc::default());
        for generation in slots.values().filter_map(|slot| slot.generation.as_ref()) {
            retire(generation).await;
        }
    }

    /// What a plugin's calls have used since it was loaded.
    pub fn stats(&self, plugin: &PluginId) -> StatsSnapshot {
        self.generation(plugin).map(|generation| generation.plugin.stats()).unwrap_or_default()
    }

    /// The store, for those who work beside the supervisor.
    pub fn store(&self) -> &Store {
        &self.inner.workshop.store
    }

    /// The registry of mounts.
    pub(crate) fn mounts(&self) -> &Mounts {
        self.inner.workshop.files.mounts()
    }

    /// Running plugins that hold `right` on `name`.
    pub fn holders(&self, interface: &str, name: &str, right: &str) -> Vec<PluginId> {
        let slots = self.inner.slots.load();
        let holds = |slot: &&Arc<Slot>| {
            slot.generation
                .as_ref()
                .is_some_and(|generation| generation.plugin.identity().rights.load().allows(interface, name, right))
        };
        slots.values().filter(holds).map(|slot| slot.row.id.clone()).collect()
    }

    /// Tells every running plugin of a change.
    pub async fn tell_all(&self, change: Change) {
        for slot in self.inner.slots.load_full().values() {
            if let Some(generation) = &slot.generation {
                self.tell(slot, generation, change).await;
            }
        }
    }

    async fn tell(&self, slot: &Slot, generation: &Generation, change: Change) {
        match generation.plugin.changed(change).await {
            Ok(Ok(())) => {}
            Ok(Err(refusal)) => {
                tracing::warn!(plugin = %slot.row.id, ?change, refusal, "the plugin did not take a change")
            }
            Err(error) => {
                tracing::warn!(plugin = %slot.row.id, ?change, %error, "the plugin could not be told of a change")
            }
        }
    }

    fn slot(&self, plugin: &PluginId) -> Option<Arc<Slot>> {
        self.inner.slots.load().get(plugin).cloned()
    }

    fn generation(&self, plugin: &PluginId) -> Option<Arc<Generation>> {
        self.slot(plugin).and_then(|slot| slot.generation.clone())
    }

    fn now(&self) -> UnixMs {
        self.inner.workshop.clock.now()
    }

    /// Follows the store's revision. What could not be brought about is tried again after a while.
    async fn follow(self) {
        let mut changed = self.store().changed();
        let mut brought = None;
        loop {
            match self.store().revision().await {
                Ok(revision) if brought != Some(revision) || self.retry_due() => {
                    brought = self.reconcile().await.then_some(revision);
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(error = ?error, "the store cannot be asked for changes"),
            }
            let pause = if brought.is_some() { POLL } else { Duration::from_millis(TRY_AGAIN_MS.into()) };
            tokio::select! {
                () = self.inner.stop.cancelled() => return,
                _ = changed.changed(), if brought.is_some() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    fn retry_due(&self) -> bool {
        let now = self.now();
        self.inner.slots.load().values().any(|slot| slot.retry_at.is_some_and(|at| at <= now))
    }

    /// Drops idle instances and asks plugins how they feel.
    async fn housekeeping(self) {
        for round in 1_u32.. {
            tokio::select! {
                () = self.inner.stop.cancelled() => return,
                () = tokio::time::sleep(HOUSEKEEPING) => {}
            }
            for slot in self.inner.slots.load_full().values() {
                if let Some(generation) = &slot.generation {
                    generation.plugin.sweep();
                    if round.is_multiple_of(HEALTH_EVERY) {
                        self.check_health(slot, generation).await;
                    }
                }
            }
        }
    }
}

/// Says goodbye to a generation; calls under way end by themselves.
async fn retire(generation: &Generation) {
    if let Err(error) = generation.plugin.stop().await {
        tracing::debug!(plugin = %generation.manifest.id, %error, "the plugin did not stop in order");
    }
    generation.plugin.close();
}
