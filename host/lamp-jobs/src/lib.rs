//! The durable queue at work: the job state machine (pure), the runner, schedules, host operations and the delivery
//! of events. It knows no plugin engine: bodies and sinks are traits of `lamp-core`.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod delivery;
pub mod error;
pub mod operations;
pub mod owner;
pub mod prune;
pub mod runner;
pub mod schedule;
pub mod state;

mod active;
mod retry;
mod tasks;

pub use error::JobsError;
pub use owner::Owner;
