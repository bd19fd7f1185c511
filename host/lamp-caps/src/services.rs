//! What the capabilities of one plugin work with.

use crate::log::LogSink;
use crate::tracker::Swarms;
use arc_swap::ArcSwap;
use lamp_core::clock::Clock;
use lamp_files::Files;
use lamp_store::Store;
use lamp_store::plugin_db::PluginDatabase;
use parking_lot::Mutex;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

/// The host's side of one running plugin.
pub struct Services {
    /// Jobs, events, operations.
    pub store: Store,
    /// Mounts.
    pub files: Files,
    /// The plugin's own database; none when its manifest asks for none.
    pub database: Option<PluginDatabase>,
    /// Configuration with defaults filled in; swapped when it changes.
    pub config: ArcSwap<Map<String, Value>>,
    /// Where log lines go.
    pub log: LogSink,
    /// The tracker, where this installation has one.
    pub swarms: Option<Swarms>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Zero of the monotonic clock.
    pub started: Instant,
    /// Names of metrics in use.
    pub metric_names: Mutex<BTreeSet<String>>,
}
