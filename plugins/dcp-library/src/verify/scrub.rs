//! Scheduled verification: every night the packages that were verified longest ago, as many as there is time for.

use super::Request;
use crate::catalogue;
use lamphouse_plugin::jobs::{self, Failure, NewJob, Outcome, new_job};
use lamphouse_plugin::{Error, host};
use serde::Deserialize;
use serde_json::json;

/// After everything that somebody waits for.
const PRIORITY: u8 = 2;
const DAY_MS: i64 = 86_400_000;
const GIGABYTE: i64 = 1_000_000_000;
/// Packages of one night.
const MOST_PACKAGES: usize = 1_000;

/// What an admin set; see the manifest.
#[derive(Deserialize)]
struct Settings {
    verify_every_days: i64,
    verify_gigabytes_a_night: i64,
}

/// Asks for it now; the id of the job.
pub fn request() -> Result<String, Error> {
    jobs::enqueue(&NewJob { unique_key: Some("scrub".to_owned()), ..new_job("scrub", "{}".to_owned()) })
}

/// One run: asks for a verification of each package that is due.
pub fn run() -> Result<Outcome, Failure> {
    let settings: Settings = host::config()?;
    let (mut queued, mut bytes) = (0, 0_i64);
    if settings.verify_every_days > 0 {
        let budget = settings.verify_gigabytes_a_night.saturating_mul(GIGABYTE);
        let before = host::now().saturating_sub(settings.verify_every_days.saturating_mul(DAY_MS));
        for (package, size_bytes) in catalogue::verified_before(before, MOST_PACKAGES)? {
            // One that is larger than a night is verified all the same: alone.
            if queued > 0 && bytes.saturating_add(size_bytes) > budget {
                break;
            }
            super::ask(&Request::of(package), Some(PRIORITY))?;
            queued += 1;
            bytes = bytes.saturating_add(size_bytes);
        }
    }
    Ok(Outcome::Done(Some(json!({ "packages": queued, "size_bytes": bytes }).to_string())))
}
