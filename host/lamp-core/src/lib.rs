//! The vocabulary of Lamphouse: ids, time, manifests, grants, callers, jobs, events and errors.
//! No I/O lives here, and no domain: a word that belongs to one plugin does not belong in this crate.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod caller;
pub mod clock;
pub mod entry;
pub mod error;
pub mod event;
pub mod grant;
pub mod id;
pub mod job;
pub mod manifest;
pub mod operation;
pub mod pattern;
pub mod permission;
pub mod site;
pub mod swarm;
