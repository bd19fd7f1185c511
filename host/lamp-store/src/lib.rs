//! The only user of a database: host tables and plugin databases, on SQLite or PostgreSQL.
//! It decides nothing about rights or schedules; it keeps what others decide, in transactions.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod api_keys;
pub mod audit;
pub mod database;
pub mod error;
pub mod events;
pub mod jobs;
pub mod leases;
pub mod mounts;
pub mod notices;
pub mod operations;
pub mod packages;
pub mod plugin_db;
pub mod plugin_logs;
pub mod plugins;
pub mod registration_keys;
pub mod schedules;
pub mod servers;
pub mod sessions;
pub mod settings;
pub mod site_messages;
pub mod sites;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;
pub mod users;
mod wakes;

pub use database::{Query, Row, Signal, Tx, query};
pub use error::{StoreError, StoreResult};
pub use store::{Store, StoreConfig};
