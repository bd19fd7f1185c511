//! The library in numbers, for Prometheus: `lamphouse_plugin_<name>{plugin="dcp-library"}`.

use crate::catalogue;
use lamphouse_plugin::{Error, host};

const STATES: [&str; 5] = ["complete", "incomplete", "incoming", "corrupt", "unreachable"];

/// Sets `packages`, `packages_bytes` and `packages_<state>`.
pub fn tell_totals() -> Result<(), Error> {
    let groups = catalogue::groups()?;
    let gauge = |name: &str, value: i64| host::gauge(name, value as f64);
    gauge("packages", groups.iter().map(|group| group.packages).sum());
    gauge("packages_bytes", groups.iter().fold(0, |sum, group| group.size_bytes.saturating_add(sum)));
    for state in STATES {
        let of_state = groups.iter().filter(|group| group.state == state);
        gauge(&format!("packages_{state}"), of_state.map(|group| group.packages).sum());
    }
    Ok(())
}

/// Counts `verifications_total`, and the files in them by how they were found: `files_<verdict>_total`.
pub fn count_verification(files: usize, corrupt: usize, rotten: usize) {
    let count = |name: &str, by: usize| host::count(name, by as u64);
    count("verifications_total", 1);
    count("files_verified_total", files);
    count("files_corrupt_total", corrupt);
    count("files_rotten_total", rotten);
}
