//! Pooled, serial instances: one call at a time in each, a bounded number at work, dropped after any trouble.

use crate::bindings::{events, http, jobs, lifecycle, tracker};
use crate::config::{Engine, TICK_MS};
use crate::context::{CallInfo, Context, Identity};
use crate::failure::{LoadError, entry_error};
use crate::timed::Timed;
use lamp_core::entry::EntryError;
use parking_lot::Mutex;
use std::any::Any;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, SemaphorePermit};
use wasmtime::component::InstancePre;
use wasmtime::{Store, UpdateDeadline};

/// Requests that may wait for an instance; more are told that the plugin is busy.
const MAX_WAITING: usize = 256;
/// Bytes that one call may move between guest and host before it is a trap.
const HOST_CALL_BYTES: usize = 128 << 20;

/// A future that borrows an instance.
pub type Work<'a, T> = Pin<Box<dyn Future<Output = wasmtime::Result<T>> + Send + 'a>>;

/// People wait for the foreground; jobs and events take their turns behind it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// HTTP and life-cycle calls.
    Foreground,
    /// Jobs and events.
    Background,
}

/// Time a call may take.
#[derive(Clone, Copy)]
pub struct Budget {
    /// Processor time.
    pub cpu_ms: u64,
    /// Wall time, waiting included.
    pub wall_ms: u64,
}

/// Where the entries of a component are, each if it is exported.
pub struct Entries {
    pub http: Option<http::EntryIndices>,
    pub jobs: Option<jobs::EntryIndices>,
    pub events: Option<events::EntryIndices>,
    pub lifecycle: Option<lifecycle::EntryIndices>,
    pub tracker: Option<tracker::EntryIndices>,
}

impl Entries {
    fn probe(instance: &InstancePre<Context>) -> Self {
        Self {
            http: http::EntryIndices::new(instance).ok(),
            jobs: jobs::EntryIndices::new(instance).ok(),
            events: events::EntryIndices::new(instance).ok(),
            lifecycle: lifecycle::EntryIndices::new(instance).ok(),
            tracker: tracker::EntryIndices::new(instance).ok(),
        }
    }
}

/// A store with its instance.
pub struct Instance {
    pub store: Store<Context>,
    pub http: Option<http::Entry>,
    pub jobs: Option<jobs::Entry>,
    pub events: Option<events::Entry>,
    pub lifecycle: Option<lifecycle::Entry>,
    pub tracker: Option<tracker::Entry>,
    uses: u32,
    idle_since: Instant,
}

/// The instances of one generation of a plugin.
pub struct Pool {
    engine: Engine,
    template: InstancePre<Context>,
    pub entries: Entries,
    pub identity: Arc<Identity>,
    services: Arc<dyn Any + Send + Sync>,
    idle: Mutex<Vec<Instance>>,
    foreground: Semaphore,
    background: Semaphore,
    waiting: AtomicUsize,
    closed: AtomicBool,
}

impl Pool {
    pub fn new(
        engine: Engine,
        template: InstancePre<Context>,
        identity: Arc<Identity>,
        services: Arc<dyn Any + Send + Sync>,
    ) -> Result<Self, LoadError> {
        let concurrency = identity.manifest.limits.concurrency.max(1) as usize;
        Ok(Self {
            entries: Entries::probe(&template),
            engine,
            template,
            identity,
            services,
            idle: Mutex::new(Vec::new()),
            foreground: Semaphore::new(concurrency),
            background: Semaphore::new(concurrency),
            waiting: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
        })
    }

    /// Runs `work` in an instance of its own, within `budget`.
    pub async fn call<T>(
        &self,
        lane: Lane,
        budget: Budget,
        info: CallInfo,
        work: impl for<'a> FnOnce(&'a mut Instance) -> Work<'a, T>,
    ) -> Result<T, EntryError> {
        let begin = Instant::now();
        let mut cpu = Duration::ZERO;
        let wall = Duration::from_millis(budget.wall_ms);
        let _permit = self.admit(lane, wall).await?;
        let mut instance = self.take().await?;
        instance.store.data_mut().call = info;
        instance.store.data_mut().ticks_left = budget.cpu_ms.div_ceil(TICK_MS);
        instance.store.set_epoch_deadline(1);
        let answer = {
            let mut running = pin!(work(&mut instance));
            tokio::time::timeout(wall.saturating_sub(begin.elapsed()), Timed::new(running.as_mut(), &mut cpu)).await
        };
        let stats = &self.identity.stats;
        stats.count_call(cpu, begin.elapsed(), instance.store.data().limiter.used_bytes());
        match answer {
            Ok(Ok(value)) => {
                self.give_back(instance);
                Ok(value)
            }
            Ok(Err(error)) => {
                stats.count_error(true);
                let told = entry_error(instance.store.data(), &error, budget.cpu_ms);
                tracing::warn!(plugin = %self.identity.id, error = %told, trap = ?error, "a call into a plugin failed");
                Err(told)
            }
            Err(_elapsed) => {
                stats.count_error(false);
                Err(EntryError::Timeout { plugin: self.identity.id.clone(), limit_ms: budget.wall_ms })
            }
        }
    }

    /// Drops instances that nobody has used for the manifest's `idle_secs`.
    pub fn sweep(&self) {
        let idle_limit = Duration::from_secs(u64::from(self.identity.manifest.instance.idle_secs));
        let stale: Vec<Instance> =
            self.idle.lock().extract_if(.., |instance| instance.idle_since.elapsed() > idle_limit).collect();
        drop(stale);
    }

    /// Takes no more calls back; calls under way end by themselves.
    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        let idle = std::mem::take(&mut *self.idle.lock());
        drop(idle);
    }

    async fn admit(&self, lane: Lane, wall: Duration) -> Result<SemaphorePermit<'_>, EntryError> {
        let semaphore = match lane {
            Lane::Foreground => &self.foreground,
            Lane::Background => &self.background,
        };
        if let Ok(permit) = semaphore.try_acquire() {
            return Ok(permit);
        }
        let busy = || EntryError::Busy(self.identity.id.clone());
        if self.waiting.fetch_add(1, Ordering::SeqCst) >= MAX_WAITING {
            self.waiting.fetch_sub(1, Ordering::SeqCst);
            return Err(busy());
        }
        let waiting = Waiting(&self.waiting);
        let permit = tokio::time::timeout(wall, semaphore.acquire()).await;
        drop(waiting);
        permit.ok().and_then(Result::ok).ok_or_else(busy)
    }

    async fn take(&self) -> Result<Instance, EntryError> {
        let pooled = self.idle.lock().pop();
        match pooled {
            Some(instance) => Ok(instance),
            None => self.instantiate().await.map_err(|error| EntryError::Trapped {
                plugin: self.identity.id.clone(),
                message: format!("it cannot be instantiated: {error:#}"),
            }),
        }
    }

    fn give_back(&self, mut instance: Instance) {
        instance.uses += 1;
        instance.store.data_mut().call = CallInfo::default();
        if instance.uses < self.identity.manifest.instance.max_uses && !self.closed.load(Ordering::SeqCst) {
            instance.idle_since = Instant::now();
            self.idle.lock().push(instance);
        }
    }

    async fn instantiate(&self) -> wasmtime::Result<Instance> {
        let limits = &self.identity.manifest.limits;
        let context = Context::new(Arc::clone(&self.identity), Arc::clone(&self.services), limits.memory_mib);
        let mut store = Store::new(self.engine.wasmtime(), context);
        store.limiter(|context| &mut context.limiter);
        store.set_hostcall_fuel(HOST_CALL_BYTES);
        store.epoch_deadline_callback(|mut context| {
            let context = context.data_mut();
            if context.ticks_left == 0 {
                return Ok(UpdateDeadline::Interrupt);
            }
            context.ticks_left -= 1;
            Ok(UpdateDeadline::Yield(1))
        });
        store.data_mut().ticks_left = limits.cpu_ms.div_ceil(TICK_MS);
        store.set_epoch_deadline(1);
        let instance = self.template.instantiate_async(&mut store).await?;
        let entries = &self.entries;
        Ok(Instance {
            http: entries.http.as_ref().map(|at| at.load(&mut store, &instance)).transpose()?,
            jobs: entries.jobs.as_ref().map(|at| at.load(&mut store, &instance)).transpose()?,
            events: entries.events.as_ref().map(|at| at.load(&mut store, &instance)).transpose()?,
            lifecycle: entries.lifecycle.as_ref().map(|at| at.load(&mut store, &instance)).transpose()?,
            tracker: entries.tracker.as_ref().map(|at| at.load(&mut store, &instance)).transpose()?,
            store,
            uses: 0,
            idle_since: Instant::now(),
        })
    }
}

/// One waiting call; counted down also when the call is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
