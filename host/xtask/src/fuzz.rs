//! `./x fuzz NAME`: hostile input for a fuzz target of a plugin, the crate in its folder `fuzz`. What it finds stays below
//! `target/fuzz/NAME`: the corpus for the next time, and an artifact for each crash.

use crate::workspace::{Workspace, run as run_command};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;

/// Seconds without being told how many: the hour a release asks for.
const SECONDS: u64 = 3600;
/// Longest input tried, in bytes.
const MAX_INPUT_BYTES: u64 = 256 * 1024;
/// Longest that one input may take, in seconds by the clock, so with room for a busy machine, and most memory, in
/// megabytes.
const TIMEOUT_SECONDS: u64 = 60;
const MEMORY_MB: u64 = 1024;

/// Which target, and how long.
pub struct Options {
    name: String,
    seconds: u64,
}

impl Options {
    /// Reads `NAME [--seconds N]`.
    pub fn parse(words: &[&str]) -> Result<Self> {
        let (name, seconds) = match words {
            [name] => (*name, SECONDS),
            [name, "--seconds", seconds] => {
                (*name, seconds.parse().with_context(|| format!("`{seconds}` is no number of seconds"))?)
            }
            _ => bail!("usage: ./x fuzz NAME [--seconds N]"),
        };
        Ok(Self { name: name.to_owned(), seconds })
    }
}

/// Fuzzes until the time is over; an error when an input was found that breaks the target.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let krate = find(workspace, &options.name)?;
    let kept = workspace.target.join("fuzz").join(&options.name);
    let [corpus, seeds, artifacts] = ["corpus", "seeds", "artifacts"].map(|folder| kept.join(folder));
    for folder in [&corpus, &seeds, &artifacts] {
        std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    }
    // The code is safe Rust: what a sanitizer would find cannot be there, and without one no nightly compiler is needed.
    let mut command = workspace.cargo(&["fuzz", "run", "--sanitizer", "none", "--fuzz-dir"]);
    command.arg(&krate).arg("--target-dir").arg(workspace.target.join("fuzz/build"));
    command.arg(&options.name).args([&corpus, &seeds]);
    // Seeds of our own making lie in the crate.
    let own = krate.join("seeds").join(&options.name);
    command.args(own.is_dir().then_some(own)).arg("--");
    command.arg(format!("-max_total_time={}", options.seconds)).arg(format!("-max_len={MAX_INPUT_BYTES}"));
    command.arg(format!("-timeout={TIMEOUT_SECONDS}")).arg(format!("-rss_limit_mb={MEMORY_MB}"));
    command.arg("-len_control=0").arg("-print_final_stats=1");
    command.arg(format!("-artifact_prefix={}/", artifacts.display()));
    let dictionary = krate.join(format!("{}.dict", options.name));
    if dictionary.is_file() {
        command.arg(format!("-dict={}", dictionary.display()));
    }
    match shared(workspace) {
        Some(shared) => command.env("LAMPHOUSE_SHARED", shared).env("LAMPHOUSE_SEEDS", &seeds),
        None => {
            eprintln!("x: there are no samples to start from; LAMPHOUSE_SHARED names the folder that has them");
            &mut command
        }
    };
    run_command(command.current_dir(&krate))
}

/// The crate that has the target.
fn find(workspace: &Workspace, name: &str) -> Result<PathBuf> {
    let has = |krate: &PathBuf| krate.join("fuzz_targets").join(format!("{name}.rs")).is_file();
    let crates = workspace.plugin_folders()?.into_iter().map(|folder| folder.join("fuzz"));
    crates.into_iter().find(has).with_context(|| format!("no plugin has a fuzz target `{name}`"))
}

/// The folder of shared samples: the one the environment names, else the one beside the checkout.
fn shared(workspace: &Workspace) -> Option<PathBuf> {
    let beside = || workspace.path("../shared");
    let folder = std::env::var_os("LAMPHOUSE_SHARED").map_or_else(beside, PathBuf::from);
    folder.canonicalize().ok().filter(|folder| folder.is_dir())
}
