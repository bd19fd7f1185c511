//! Life-cycle: refuses to start or complains when its configuration says so, and logs what it is told.

use crate::Probe;
use lamphouse_plugin::bindings::lamphouse::config::config;
use lamphouse_plugin::lifecycle::{Change, HealthReport, Lifecycle};
use lamphouse_plugin::log;

impl Lifecycle for Probe {
    fn init() -> Result<(), String> {
        match config::get("fail_init").as_deref() {
            Some("true") => Err("fail_init is set".to_owned()),
            _ => Ok(()),
        }
    }

    fn changed(change: Change) -> Result<(), String> {
        let what = match change {
            Change::Configuration => "configuration",
            Change::Grants => "grants",
            Change::Mounts => "mounts",
        };
        log::info("changed", &[("what", what)]);
        Ok(())
    }

    fn health() -> HealthReport {
        let complaint = config::get("unwell").unwrap_or_default();
        let complaint = complaint.trim_matches('"').to_owned();
        HealthReport { ok: complaint.is_empty(), message: complaint }
    }

    fn stop() {
        log::info("stopping", &[]);
    }
}
