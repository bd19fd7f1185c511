//! `lamphouse:identity`, always linked.

use crate::bindings::lamphouse::identity::identity;
use lamp_engine::Context;

impl identity::Host for Context {
    fn caller(&mut self) -> wasmtime::Result<Option<identity::CallerInfo>> {
        Ok(self
            .call
            .caller
            .as_ref()
            .map(|caller| identity::CallerInfo { actor: caller.actor(), role: caller.role.clone() }))
    }

    fn may(&mut self, permission: String) -> wasmtime::Result<bool> {
        Ok(self.call.caller.as_ref().is_some_and(|caller| caller.may(&permission)))
    }

    fn correlation_id(&mut self) -> wasmtime::Result<String> {
        Ok(self.call.correlation.clone())
    }

    fn plugin_id(&mut self) -> wasmtime::Result<String> {
        Ok(self.identity.id.as_str().to_owned())
    }
}
