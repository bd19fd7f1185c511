//! The host's own routes, one file per subject. Handlers translate between JSON and the other crates; no rule lives here.

pub(crate) mod audit;
pub(crate) mod jobs;
pub(crate) mod keys;
pub(crate) mod mounts;
pub(crate) mod navigation;
pub(crate) mod notices;
pub(crate) mod plugin_changes;
pub(crate) mod plugin_view;
pub(crate) mod plugins;
pub(crate) mod servers;
pub(crate) mod session;
pub(crate) mod site_link;
pub(crate) mod system;
pub(crate) mod tracker;
pub(crate) mod users;

use crate::problem::{ApiError, ApiResult};
use lamp_core::clock::UnixMs;
use lamp_core::id::PluginId;

/// RFC 3339 of an optional time.
fn time(at: Option<UnixMs>) -> Option<String> {
    at.map(UnixMs::to_rfc3339)
}

/// A plugin id out of a path. What cannot be one is not installed.
fn plugin_id(text: &str) -> ApiResult<PluginId> {
    PluginId::parse(text).map_err(|_| ApiError::not_found("there is no plugin of that name; see the list of plugins"))
}

/// JSON text from the database as a value; text that is no JSON stays text.
fn json_value(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}
