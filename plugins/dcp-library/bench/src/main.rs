//! The library's figures for `./x bench`: one row a line, `name | value | target | note`.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

use anyhow::{Context, Result, bail};
use std::path::PathBuf;

mod asking;
mod connection;
mod hashing;
mod house;
mod listing;
mod memory;
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
    /// Packages in the library.
    pub packages: u32,
    /// Reels of each: two assets a reel, and the composition.
    pub reels: u32,
    /// Size in GiB of the package that is verified. It is written out in full, and removed afterwards.
    pub gibibytes: u32,
}

const USAGE: &str =
    "usage: dcp-library-bench SERVER_PROGRAM PLUGINS_DIR EMPTY_DIR [--packages N] [--reels N] [--gibibytes N]
  --packages: in the library that is scanned; else 10000
  --reels: of each of them; else 3, which are 7 assets; 20 are 41
  --gibibytes: size of the package that is verified, 1 to 90; else 4";

impl Setting {
    fn read(words: &[String]) -> Result<Self> {
        let [program, plugins, folder, options @ ..] = words else { bail!("{USAGE}") };
        let mut setting = Self {
            program: program.into(),
            plugin: PathBuf::from(plugins).join("dcp-library.lamp.wasm"),
            folder: std::path::absolute(folder).context("read the folder")?,
            packages: 10_000,
            reels: 3,
            gibibytes: 4,
        };
        for option in options.chunks(2) {
            let [name, number] = option else { bail!("{USAGE}") };
            let number: u32 = number.parse().with_context(|| format!("`{number}` is no number"))?;
            match name.as_str() {
                "--packages" => setting.packages = number,
                "--reels" => setting.reels = number,
                "--gibibytes" => setting.gibibytes = number,
                _ => bail!("{USAGE}"),
            }
        }
        if !(1..=90).contains(&setting.gibibytes) {
            bail!("{USAGE}");
        }
        Ok(setting)
    }
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let setting = Setting::read(&words)?;
    let house = scanning::measure(&setting)?;
    listing::measure(&house, &setting)?;
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
    use super::{Setting, median, percentile};

    #[test]
    fn sizes_are_options() {
        let read = |words: &str| Setting::read(&words.split(' ').map(str::to_owned).collect::<Vec<_>>());
        let setting = read("program plugins /folder --gibibytes 10").unwrap();
        assert_eq!((setting.packages, setting.gibibytes), (10_000, 10));
        for wrong in [
            "program plugins",
            "a b c --gibibytes",
            "a b c --gibibytes many",
            "a b c --gibibytes 91",
            "a b c --other 1",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let hundred: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!(percentile(&hundred, 0.5), 50.0);
        assert_eq!(percentile(&hundred, 0.99), 99.0);
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert!(percentile(&[], 0.5).is_nan());
    }
}
