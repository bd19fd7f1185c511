//! `lamphouse:metrics`, always linked. Names are bounded, so that no plugin can fill the registry.

use crate::bindings::lamphouse::metrics::metrics as guest;
use crate::services::Services;
use lamp_engine::Context;

const MAX_NAMES: usize = 100;

impl guest::Host for Context {
    fn count(&mut self, name: String, by: u64) -> wasmtime::Result<()> {
        if let Some(metric) = self.metric(&name)? {
            metrics::counter!(metric, "plugin" => self.identity.id.as_str().to_owned()).increment(by);
        }
        Ok(())
    }

    fn gauge(&mut self, name: String, value: f64) -> wasmtime::Result<()> {
        if let Some(metric) = self.metric(&name)? {
            metrics::gauge!(metric, "plugin" => self.identity.id.as_str().to_owned()).set(value);
        }
        Ok(())
    }
}

trait Named {
    fn metric(&self, name: &str) -> wasmtime::Result<Option<String>>;
}

impl Named for Context {
    /// The full name of a metric; none when the name is malformed or one too many.
    fn metric(&self, name: &str) -> wasmtime::Result<Option<String>> {
        let shaped = (1..=64).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if !shaped {
            return Ok(None);
        }
        let mut names = self.services::<Services>()?.metric_names.lock();
        if !names.contains(name) {
            if names.len() >= MAX_NAMES {
                return Ok(None);
            }
            names.insert(name.to_owned());
            if names.len() == MAX_NAMES {
                tracing::warn!(plugin = %self.identity.id, "the plugin has used all {MAX_NAMES} metric names; more are ignored");
            }
        }
        Ok(Some(format!("lamphouse_plugin_{name}")))
    }
}
