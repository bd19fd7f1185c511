//! The host's words and the guest's words for the same things.

use crate::bindings::lamphouse::ops::ops;
use crate::bindings::lamphouse::types::types;
use lamp_core::error::CapabilityError;
use lamp_core::operation::{Operation, OperationState};
use lamp_engine::Context;
use lamp_store::StoreError;

impl types::Host for Context {
    fn convert_error(&mut self, error: CapabilityError) -> wasmtime::Result<types::Error> {
        Ok(self::error(error))
    }
}

/// An error as guests see it.
pub fn error(error: CapabilityError) -> types::Error {
    match error {
        CapabilityError::Denied(text) => types::Error::Denied(text),
        CapabilityError::NotFound(text) => types::Error::NotFound(text),
        CapabilityError::Invalid(text) => types::Error::Invalid(text),
        CapabilityError::Conflict(text) => types::Error::Conflict(text),
        CapabilityError::Limit(text) => types::Error::Limit(text),
        CapabilityError::Unavailable(text) => types::Error::Unavailable(text),
        CapabilityError::Other(text) => types::Error::Other(text),
    }
}

/// A failure of the host's own store: the plugin hears that it may try again, the log hears why.
pub fn host_fault(error: StoreError) -> CapabilityError {
    tracing::error!(error = ?error, "a host call failed in the store");
    CapabilityError::Unavailable("the host's database cannot answer now; try again".to_owned())
}

/// An operation as guests see it.
pub fn operation(operation: Operation) -> ops::Operation {
    ops::Operation {
        id: operation.id.0,
        kind: operation.kind,
        state: match operation.state {
            OperationState::Queued => ops::State::Queued,
            OperationState::Running => ops::State::Running,
            OperationState::Succeeded => ops::State::Succeeded,
            OperationState::Failed => ops::State::Failed,
            OperationState::Cancelled => ops::State::Cancelled,
        },
        done_bytes: operation.progress.done_bytes,
        total_bytes: operation.progress.total_bytes,
        current: operation.progress.current,
        result: operation.result,
        error: operation.error,
        created_at: operation.created_at.0,
    }
}
