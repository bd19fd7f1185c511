//! `lamphouse:lifecycle/lifecycle`: start, changes, health, stop. A plugin without it, or without its grant, starts at
//! once and is always well.

use crate::bindings::lifecycle::Entry;
use crate::bindings::lifecycle::exports::lamphouse::lifecycle::lifecycle;
use crate::context::{CallInfo, Context};
use crate::plugin::LoadedPlugin;
use crate::pool::{Budget, Instance, Lane, Work};
use lamp_core::entry::EntryError;
use wasmtime::Store;

const INTERFACE: &str = "lamphouse:lifecycle";
const STOP_MS: u64 = 5_000;

/// What has changed for a plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Configuration values.
    Configuration,
    /// Rights came or went.
    Grants,
    /// Mounts came, went, or changed between online and offline.
    Mounts,
}

/// How a plugin feels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// False makes it degraded.
    pub ok: bool,
    /// Why, in plain words.
    pub message: String,
}

impl LoadedPlugin {
    /// Once after loading, before any other call. The inner error is the plugin's own refusal to start.
    pub async fn init(&self) -> Result<Result<(), String>, EntryError> {
        if !self.is_told() {
            return Ok(Ok(()));
        }
        self.lifecycle("start", self.job_budget(), |entry, store| {
            Box::pin(async move { entry.lamphouse_lifecycle_lifecycle().call_init(store).await })
        })
        .await
    }

    /// After a change. The inner error is the plugin's own.
    pub async fn changed(&self, change: Change) -> Result<Result<(), String>, EntryError> {
        if !self.is_told() {
            return Ok(Ok(()));
        }
        let change = match change {
            Change::Configuration => lifecycle::Change::Configuration,
            Change::Grants => lifecycle::Change::Grants,
            Change::Mounts => lifecycle::Change::Mounts,
        };
        self.lifecycle("change", self.job_budget(), move |entry, store| {
            Box::pin(async move { entry.lamphouse_lifecycle_lifecycle().call_changed(store, change).await })
        })
        .await
    }

    /// How it feels.
    pub async fn health(&self) -> Result<Health, EntryError> {
        if !self.is_told() {
            return Ok(Health { ok: true, message: String::new() });
        }
        let limits = &self.pool.identity.manifest.limits;
        let budget = Budget { cpu_ms: limits.cpu_ms, wall_ms: limits.wall_ms };
        let report = self
            .lifecycle("health", budget, |entry, store| {
                Box::pin(async move { entry.lamphouse_lifecycle_lifecycle().call_health(store).await })
            })
            .await?;
        Ok(Health { ok: report.ok, message: report.message })
    }

    /// Before it goes away; five seconds at the most.
    pub async fn stop(&self) -> Result<(), EntryError> {
        if !self.is_told() {
            return Ok(());
        }
        let budget = Budget { cpu_ms: STOP_MS, wall_ms: STOP_MS };
        self.lifecycle("stop", budget, |entry, store| {
            Box::pin(async move { entry.lamphouse_lifecycle_lifecycle().call_stop(store).await })
        })
        .await
    }

    /// Whether it has the entry, and the grant to be called through it.
    fn is_told(&self) -> bool {
        self.pool.entries.lifecycle.is_some() && self.pool.identity.rights.load().has(INTERFACE)
    }

    fn job_budget(&self) -> Budget {
        let limits = &self.pool.identity.manifest.limits;
        Budget { cpu_ms: limits.job_cpu_ms, wall_ms: limits.job_wall_ms }
    }

    async fn lifecycle<T: Send + 'static>(
        &self,
        what: &str,
        budget: Budget,
        work: impl for<'a> FnOnce(&'a Entry, &'a mut Store<Context>) -> Work<'a, T> + Send + 'static,
    ) -> Result<T, EntryError> {
        let info = CallInfo { caller: None, correlation: format!("{what}-{}", self.pool.identity.id), job: None };
        self.pool
            .call(Lane::Foreground, budget, info, move |instance: &mut Instance| {
                Box::pin(async move {
                    let entry = instance
                        .lifecycle
                        .as_ref()
                        .ok_or_else(|| wasmtime::Error::msg("the instance has no lifecycle entry"))?;
                    work(entry, &mut instance.store).await
                })
            })
            .await
    }
}
