//! Events: facts that plugins and people hear about.

use crate::clock::UnixMs;
use crate::id::PluginId;
use serde::{Deserialize, Serialize};

/// One event as it is stored and delivered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Position in the log; grows by at least one, never reused.
    pub sequence: i64,
    /// Dotted topic, for example `jobs.progress` or `hello.greeted`.
    pub topic: String,
    /// The publishing plugin; the host's own events have none.
    pub source: Option<PluginId>,
    /// Only this plugin receives it (file changes go to those who hold the mount); none means every subscriber.
    pub target: Option<PluginId>,
    /// JSON text.
    pub payload: String,
    /// When it was published.
    pub at: UnixMs,
}

/// An event to publish.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// Dotted topic.
    pub topic: String,
    /// Publisher, none for the host.
    pub source: Option<PluginId>,
    /// Only receiver, if any.
    pub target: Option<PluginId>,
    /// JSON text.
    pub payload: String,
    /// Retained under this key: a later subscriber gets the newest one first. An empty payload clears it.
    pub retain_key: Option<String>,
}

/// What a plugin answers for one delivered event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disposition {
    /// Handled.
    Ack,
    /// Deliver again, not before this many milliseconds.
    RetryAfterMs(u64),
    /// Never deliver again; the reason goes to the plugin's log.
    Reject(String),
}
