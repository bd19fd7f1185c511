//! Plugin life: install and grants (`catalog`), start, change, trouble and stop (`supervisor`), mounts and their changes.
//! It ties store, engine and capabilities together and knows nothing of HTTP.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod catalog;
mod denials;
mod generation;
mod health;
mod logs;
mod mounts;
mod supervisor;

pub use catalog::{Catalog, PendingUpgrade, pending_upgrade};
pub use supervisor::{Parts, Queue, Supervisor};
