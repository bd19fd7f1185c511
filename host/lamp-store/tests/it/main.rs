//! The store on SQLite and on PostgreSQL: every test of these modules runs on both unless it says why not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod audit;
mod encrypted;
mod events;
mod jobs;
mod opening;
mod operations;
mod plugin_database;
mod plugin_database_hostile;
mod plugin_outbox;
mod plugins;
mod schedules;
mod sites;
mod small_tables;
mod world;
