//! Plugin life on a whole host without HTTP: real guests in the real engine, on a real store, with the real queue.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod alone;
mod cache;
mod configuration;
mod data;
mod events;
mod faults;
mod grants;
mod guests;
mod host;
mod install;
mod jobs;
mod kill;
mod reload;
mod starts;
mod wit;
