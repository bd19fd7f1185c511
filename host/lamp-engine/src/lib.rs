//! The one user of wasmtime: configuration, code cache, linking by capability, pooled instances, limits and entries.
//! It knows plugins and calls; it knows nothing of databases, files or HTTP servers.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod bindings;
mod cache;
mod capability;
mod config;
mod context;
mod entry;
mod epoch;
mod failure;
mod limits;
mod plugin;
mod pool;
mod stats;
mod timed;

pub use cache::{CacheError, CodeCache};
pub use capability::Capability;
pub use config::{Engine, EngineError};
pub use context::{CallInfo, Context, Identity};
pub use entry::{Change, Health};
pub use failure::LoadError;
pub use plugin::{Exports, LoadedPlugin, PluginSpec};
pub use stats::StatsSnapshot;
