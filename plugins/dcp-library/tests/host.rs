//! The plugin in the real program: scanned, verified, forbidden, killed, removed and brought back, over HTTP and the
//! command line. Needs what `./x build` makes; `LAMPHOUSE_BIN` names another program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "host/bad.rs"]
mod bad;
#[path = "host/client.rs"]
mod client;
#[path = "support/compare.rs"]
#[allow(dead_code, reason = "track headers are compared without the program")]
mod compare;
#[path = "host/crash.rs"]
mod crash;
#[path = "host/deletion.rs"]
mod deletion;
#[path = "support/folder.rs"]
#[allow(dead_code, reason = "what was read of a folder is asked without the program")]
mod folder;
#[path = "host/house.rs"]
mod house;
#[path = "host/inventory.rs"]
mod inventory;
#[path = "host/keys.rs"]
mod keys;
#[path = "host/package.rs"]
mod package;
#[path = "host/postgres.rs"]
mod postgres;
#[path = "host/program.rs"]
mod program;
#[path = "host/rights.rs"]
mod rights;
#[path = "host/routes.rs"]
mod routes;
#[path = "host/samples.rs"]
mod samples;
#[path = "support/samples.rs"]
mod shared;
#[path = "host/upgrade.rs"]
mod upgrade;
#[path = "host/watch.rs"]
mod watch;
