//! `lamphouse:config`, always linked: what an admin set, and the defaults of the manifest's schema.

use crate::bindings::lamphouse::config::config;
use crate::services::Services;
use lamp_engine::Context;

impl config::Host for Context {
    fn get(&mut self, key: String) -> wasmtime::Result<Option<String>> {
        Ok(self.services::<Services>()?.config.load().get(&key).map(ToString::to_string))
    }

    fn all(&mut self) -> wasmtime::Result<Vec<(String, String)>> {
        let values = self.services::<Services>()?.config.load();
        Ok(values.iter().map(|(key, value)| (key.clone(), value.to_string())).collect())
    }
}
