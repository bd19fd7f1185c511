//! A loaded plugin: a component linked to the capabilities, with its pool. The entries are in `entry/`.

use crate::capability::Capability;
use crate::config::Engine;
use crate::context::{Context, Identity};
use crate::failure::LoadError;
use crate::pool::Pool;
use crate::stats::StatsSnapshot;
use lamp_core::entry::EntryError;
use std::any::Any;
use std::sync::Arc;
use wasmtime::component::{Component, Linker};

/// What a plugin is made of.
pub struct PluginSpec {
    /// Who it is and what it may.
    pub identity: Arc<Identity>,
    /// What the capabilities need.
    pub services: Arc<dyn Any + Send + Sync>,
}

/// Which entries a component exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exports {
    /// `lamphouse:http/handler`.
    pub http: bool,
    /// `lamphouse:jobs/handler`.
    pub jobs: bool,
    /// `lamphouse:events/handler`.
    pub events: bool,
    /// `lamphouse:lifecycle/lifecycle`.
    pub lifecycle: bool,
    /// `lamphouse:tracker/policy`.
    pub tracker: bool,
}

/// One generation of a plugin, ready to be called.
pub struct LoadedPlugin {
    pub(crate) pool: Pool,
}

impl LoadedPlugin {
    /// Links `component` to `capabilities`. What it imports beside them is an error that names the import.
    pub fn load(
        engine: &Engine,
        component: &Component,
        capabilities: &[Capability],
        spec: PluginSpec,
    ) -> Result<Self, LoadError> {
        let mut linker: Linker<Context> = Linker::new(engine.wasmtime());
        for capability in capabilities {
            (capability.link)(&mut linker).map_err(LoadError::Link)?;
        }
        let template = linker.instantiate_pre(component).map_err(LoadError::Link)?;
        let pool = Pool::new(engine.clone(), template, spec.identity, spec.services)?;
        Ok(Self { pool })
    }

    /// Who it is.
    pub fn identity(&self) -> &Arc<Identity> {
        &self.pool.identity
    }

    /// Which entries it has.
    pub fn exports(&self) -> Exports {
        let entries = &self.pool.entries;
        Exports {
            http: entries.http.is_some(),
            jobs: entries.jobs.is_some(),
            events: entries.events.is_some(),
            lifecycle: entries.lifecycle.is_some(),
            tracker: entries.tracker.is_some(),
        }
    }

    /// What its calls have used since it was loaded.
    pub fn stats(&self) -> StatsSnapshot {
        self.pool.identity.stats.snapshot()
    }

    /// Drops idle instances; call it every few seconds.
    pub fn sweep(&self) {
        self.pool.sweep();
    }

    /// Keeps no instance from now on; calls under way end by themselves.
    pub fn close(&self) {
        self.pool.close();
    }

    pub(crate) fn not_exported(&self, entry: &str) -> EntryError {
        EntryError::NotExported { plugin: self.pool.identity.id.clone(), entry: entry.to_owned() }
    }
}
