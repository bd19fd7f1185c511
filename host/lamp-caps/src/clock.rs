//! `lamphouse:clock`, always linked.

use crate::bindings::lamphouse::clock::clock;
use crate::services::Services;
use lamp_engine::Context;

impl clock::Host for Context {
    fn now(&mut self) -> wasmtime::Result<i64> {
        Ok(self.services::<Services>()?.clock.now().0)
    }

    fn monotonic_ms(&mut self) -> wasmtime::Result<u64> {
        let elapsed = self.services::<Services>()?.started.elapsed();
        Ok(u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX))
    }
}
