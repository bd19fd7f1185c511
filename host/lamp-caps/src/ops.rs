//! `lamphouse:ops`: the plugin's own host-run operations.

use crate::bindings::lamphouse::ops::ops;
use crate::convert::{host_fault, operation};
use crate::services::Services;
use lamp_core::error::{CapabilityError, CapabilityResult};
use lamp_core::id::OperationId;
use lamp_core::operation::{Operation, OperationState};
use lamp_engine::Context;
use lamp_store::operations::OperationFilter;

const INTERFACE: &str = "lamphouse:ops";

impl ops::Host for Context {
    async fn get(&mut self, id: String) -> CapabilityResult<ops::Operation> {
        self.require(INTERFACE)?;
        self.own_operation(id).await.map(operation)
    }

    async fn cancel(&mut self, id: String) -> CapabilityResult<()> {
        self.require(INTERFACE)?;
        let own = self.own_operation(id).await?;
        let services = self.services::<Services>()?;
        services.store.cancel_operation(&self.identity.id, &own.id).await.map(|_| ()).map_err(host_fault)
    }

    async fn running(&mut self, limit: u32) -> CapabilityResult<Vec<ops::Operation>> {
        self.require(INTERFACE)?;
        let filter = OperationFilter {
            plugin: Some(self.identity.id.clone()),
            states: vec![OperationState::Queued, OperationState::Running],
            before: None,
        };
        let services = self.services::<Services>()?;
        let found = services.store.list_operations(&filter, limit.clamp(1, 1_000)).await.map_err(host_fault)?;
        Ok(found.into_iter().map(operation).collect())
    }
}

trait Own {
    async fn own_operation(&self, id: String) -> CapabilityResult<Operation>;
}

impl Own for Context {
    /// Another plugin's operation is as unknown as one that never was.
    async fn own_operation(&self, id: String) -> CapabilityResult<Operation> {
        let missing = || CapabilityError::NotFound(format!("no operation `{id}` of this plugin"));
        let services = self.services::<Services>()?;
        let found = services.store.find_operation(&OperationId(id.clone())).await.map_err(host_fault)?;
        found.filter(|operation| operation.plugin == self.identity.id).ok_or_else(missing)
    }
}
