//! Writes small Digital Cinema Packages of our own making: a show-case of two dozen, or any number for benchmarks.
//! The same seed gives the same bytes. No film in them exists.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

use anyhow::{Context, Result, bail};
use std::path::PathBuf;

mod bulk;
mod markup;
mod package;
mod playlist;
mod random;
mod showcase;
#[cfg(test)]
mod tests;
mod track;

const USAGE: &str = "usage: dcp-library-demo OUT_DIR [--count N [--reels N]] [--seed S]
  without --count: the show-case, with its one damaged and one incomplete package
  with --count: N small good packages of three reels, or as many as told";

/// What is asked for.
struct Options {
    folder: PathBuf,
    count: Option<u32>,
    reels: u32,
    seed: u64,
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let options = parse(&words)?;
    let written = match options.count {
        Some(count) => bulk::write(&options.folder, count, options.reels, options.seed)?,
        None => showcase::write(&options.folder, options.seed)?,
    };
    println!("{written} packages in {}", options.folder.display());
    Ok(())
}

fn parse(words: &[String]) -> Result<Options> {
    let Some((folder, rest)) = words.split_first().filter(|(folder, _)| !folder.starts_with("--")) else {
        bail!("{USAGE}")
    };
    let mut options = Options { folder: PathBuf::from(folder), count: None, reels: bulk::REELS, seed: 1 };
    for pair in rest.chunks(2) {
        match pair {
            [name, value] if name == "--count" => options.count = Some(value.parse().context("--count is no number")?),
            [name, value] if name == "--reels" => options.reels = value.parse().context("--reels is no number")?,
            [name, value] if name == "--seed" => options.seed = value.parse().context("--seed is no number")?,
            _ => bail!("{USAGE}"),
        }
    }
    Ok(options)
}
