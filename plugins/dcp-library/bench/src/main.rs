//! The library's figures for `./x bench`: one row a line, `name | value | target | note`.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

use anyhow::{Context, Result, bail};
use std::path::PathBuf;

mod connection;
mod hashing;
mod house;
mod listing;
mod native;
mod scanning;

/// Where things are.
pub struct Setting {
    /// The server's program.
    pub program: PathBuf,
    /// The plugin's package.
    pub plugin: PathBuf,
    /// An empty folder to work in.
    pub folder: PathBuf,
}

fn main() -> Result<()> {
    let words: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [program, plugins, folder] = words.as_slice() else {
        bail!("usage: dcp-library-bench SERVER_PROGRAM PLUGINS_DIR EMPTY_DIR");
    };
    let setting = Setting {
        program: program.clone(),
        plugin: plugins.join("dcp-library.lamp.wasm"),
        folder: std::path::absolute(folder).context("read the folder")?,
    };
    let house = scanning::measure(&setting)?;
    listing::measure(&house)?;
    drop(house);
    hashing::measure(&setting)
}

/// Prints one row.
pub fn tell(name: &str, value: &str, target: &str, note: &str) {
    println!("{name} | {value} | {target} | {note}");
}

/// The middle one of some measurements.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    percentile(&values, 0.5)
}

/// The value below which that share of the sorted values lies.
pub fn percentile(sorted: &[f64], share: f64) -> f64 {
    let at = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(at.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::{median, percentile};

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let hundred: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!(percentile(&hundred, 0.5), 50.0);
        assert_eq!(percentile(&hundred, 0.99), 99.0);
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert!(percentile(&[], 0.5).is_nan());
    }
}
