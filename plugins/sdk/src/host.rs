//! What is always there: configuration, metrics, who is calling, time.

use crate::Error;
pub use crate::bindings::lamphouse::clock::clock::{monotonic_ms, now};
pub use crate::bindings::lamphouse::identity::identity::{CallerInfo, caller, correlation_id, may, plugin_id};
pub use crate::bindings::lamphouse::metrics::metrics::{count, gauge};
use serde::de::DeserializeOwned;

/// The plugin's configuration as a type of its own; keys that are not set take the type's defaults.
pub fn config<T: DeserializeOwned>() -> Result<T, Error> {
    let values: serde_json::Map<String, serde_json::Value> = crate::bindings::lamphouse::config::config::all()
        .into_iter()
        .filter_map(|(key, text)| Some((key, serde_json::from_str(&text).ok()?)))
        .collect();
    serde_json::from_value(serde_json::Value::Object(values))
        .map_err(|error| Error::Invalid(format!("configuration: {error}")))
}

/// An error in plain words.
pub fn describe(error: &Error) -> String {
    match error {
        Error::Denied(text) => format!("denied: {text}"),
        Error::NotFound(text) => format!("not found: {text}"),
        Error::Invalid(text) => format!("invalid: {text}"),
        Error::Conflict(text) => format!("conflict: {text}"),
        Error::Limit(text) => format!("limit: {text}"),
        Error::Unavailable(text) => format!("unavailable: {text}"),
        Error::Other(text) => text.clone(),
    }
}
