//! The queue at work on SQLite and PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod delivery;
mod operations;
mod runner;
mod schedule;
mod simulation;
mod support;
