//! The first scan of many packages against the same reader without a sandbox, and a scan where nothing changed.

use crate::house::House;
use crate::{Setting, median, native, tell};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

/// Scans of the unchanged library.
const RESCANS: usize = 5;

/// Prints the rows, and leaves the server with the library scanned.
pub fn measure(setting: &Setting) -> Result<House> {
    let (library, packages) = (setting.folder.join("library"), setting.packages);
    generate(setting, &library)?;
    let native_time = || native::walk_and_parse(&library, 1, packages as usize);
    native_time().context("read everything once, so that it is in memory")?;
    let native_before = native_time()?;
    let Scanned { seconds: first, peak_bytes: first_peak, .. } = first_scan(setting, "house-1", &library)?;
    let Scanned { house, seconds: second, peak_bytes: second_peak } = first_scan(setting, "house-2", &library)?;
    let native_after = native_time()?;
    let two_threads = native::walk_and_parse(&library, 2, packages as usize)?;
    let (scan, native) = (f64::midpoint(first, second), f64::midpoint(native_before, native_after));
    tell(
        &format!("first scan of {packages} small packages against a native walk and parse"),
        &format!("{:.2}x", native / scan),
        ">= 0.5x",
        &format!(
            "{scan:.2} s ({first:.2}, {second:.2}) against {native:.2} s with one thread, {two_threads:.2} s with two"
        ),
    );
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    tell(
        &format!("most memory of the server while it scans {packages} packages for the first time"),
        &format!("{:.0} MB", megabytes(first_peak.max(second_peak))),
        "<= 250 MB",
        &format!("resident, {:.0} and {:.0} MB", megabytes(first_peak), megabytes(second_peak)),
    );
    let rescan = rescan(&house)?;
    tell(
        "scan of the same library unchanged, times faster than the first",
        &format!("{:.0}x", scan / rescan),
        ">= 20x",
        &format!("{:.0} ms, median of {RESCANS}", rescan * 1e3),
    );
    Ok(house)
}

/// Good packages of a few KiB, the same on every machine.
fn generate(setting: &Setting, library: &Path) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["run", "--release", "--quiet", "-p", "dcp-library-demo", "--"]).arg(library);
    let output = command
        .args(["--count", &setting.packages.to_string(), "--reels", &setting.reels.to_string()])
        .output()
        .context("start cargo")?;
    if !output.status.success() {
        bail!("making packages: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    // What was just made is on the disk before anything is timed; a scan would wait for it with each of its commits.
    let status = Command::new("sync").status().context("start sync")?;
    if !status.success() {
        bail!("sync: {status}");
    }
    Ok(())
}

/// A server with the library scanned for the first time.
struct Scanned {
    house: House,
    seconds: f64,
    /// Most memory that was resident meanwhile.
    peak_bytes: u64,
}

/// The first scan in a new data folder, with the plugin's code compiled before.
fn first_scan(setting: &Setting, name: &str, library: &Path) -> Result<Scanned> {
    let house = House::open(setting, name)?;
    house.forget_peak()?;
    house.mount(library)?;
    let seconds = house.scan_of(u64::from(setting.packages))?;
    house.settled()?;
    let peak_bytes = house.peak_bytes()?;
    Ok(Scanned { house, seconds, peak_bytes })
}

fn rescan(house: &House) -> Result<f64> {
    let mut connection = house.connect()?;
    let mut times = Vec::new();
    for _ in 0..RESCANS {
        let answer = connection.json("POST", "/api/v1/dcps/scan")?;
        let job = answer["job_id"].as_str().with_context(|| format!("no job in {answer}"))?;
        times.push(house.job(job)?);
    }
    Ok(median(times))
}
