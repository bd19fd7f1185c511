//! The library of Digital Cinema Packages: finds them on its mounts, reads, lists and verifies them.
//! `dcp` reads packages and is pure; everything else is glue to the host.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]
#![cfg_attr(
    not(target_arch = "wasm32"),
    allow(dead_code, reason = "the glue is reached through the component's exports")
)]

mod catalogue;
pub mod dcp;
mod keys;
mod library;
mod metrics;
mod routes;
mod row;
mod scan;
mod time;
mod trash;
mod verify;

use lamphouse_plugin::events::{Disposition, Event};
use lamphouse_plugin::http::{Request, Response};
use lamphouse_plugin::jobs::{Failure, JobRun, Outcome};
use lamphouse_plugin::lifecycle::{Change, HealthReport};
use lamphouse_plugin::{events, http, jobs, lifecycle};

#[cfg(all(not(target_feature = "atomics"), target_family = "wasm"))]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

struct Library;

impl http::Handler for Library {
    fn handle(request: Request) -> Response {
        routes::handle(&request)
    }
}

impl jobs::Handler for Library {
    fn run(run: JobRun) -> Result<Outcome, Failure> {
        match run.kind.as_str() {
            "scan" => scan::run(&run),
            "read" => scan::read::run(&run),
            "keys" => keys::run(&run),
            "scrub" => verify::scrub::run(),
            "verify" => verify::run(&run),
            "trash" => trash::run(&run),
            "empty-trash" => trash::run_due(),
            other => Err(Failure::Fatal(format!("no job kind `{other}`"))),
        }
    }
}

impl events::Handler for Library {
    fn deliver(events: Vec<Event>) -> Vec<Disposition> {
        events.iter().map(library::on_event).collect()
    }
}

impl lifecycle::Lifecycle for Library {
    fn init() -> Result<(), String> {
        library::request_scan(&scan::Request::default())
            .map(|_| ())
            .map_err(|error| lamphouse_plugin::host::describe(&error))
    }

    fn changed(change: Change) -> Result<(), String> {
        match change {
            Change::Configuration => Ok(()),
            Change::Grants | Change::Mounts => library::on_mounts_changed(),
        }
    }

    fn health() -> HealthReport {
        library::health()
    }

    fn stop() {}
}

/// The names a component exports are no symbols of a native library, which exists for tests only.
#[cfg(target_arch = "wasm32")]
mod exports {
    use super::Library;
    lamphouse_plugin::export_http!(Library);
    lamphouse_plugin::export_jobs!(Library);
    lamphouse_plugin::export_events!(Library);
    lamphouse_plugin::export_lifecycle!(Library);
}
