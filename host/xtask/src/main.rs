//! What `./x` calls: build, run, test and check the whole checkout. It knows folders and tools, and no domain: what a
//! plugin needs for a demo stands in that plugin's `demo.toml`.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

use anyhow::{Result, bail};
use std::process::ExitCode;

mod bench;
mod build;
mod check;
mod counts;
mod dev;
mod distribution;
mod files;
mod fuzz;
mod run;
mod test;
mod workspace;

use workspace::Workspace;

const USAGE: &str = "usage: ./x VERB
  run [--data DIR] [--listen ADDR:PORT]   build and start the server, with a demo in a new data folder
  dev                                     like run, and rebuild what changes
  build [web|plugins|program]             target/release/lamphouse and target/plugins/*.lamp.wasm
  test [unit|integration|e2e]             build and run all tests, or one kind of them
  check [rules]                           format, lints, layers, words, headers, generated documents
  bench [built]                           build and measure, or measure what is built: docs/generated/benchmarks.md
  fuzz NAME [--seconds N]                 hostile input for a fuzz target of a plugin, an hour of it
  docs                                    write docs/generated anew
  package                                 target/dist/lamphouse-VERSION-ARCH.tar.gz";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match dispatch(&words) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("x: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(words: &[&str]) -> Result<ExitCode> {
    let done = |()| ExitCode::SUCCESS;
    let workspace = Workspace::find()?;
    match words {
        ["run", options @ ..] => run::run(&workspace, &run::Options::parse(options)?).map(done),
        ["dev"] => dev::dev(&workspace).map(done),
        ["build"] => build::all(&workspace).map(done),
        ["build", part] => build::one(&workspace, part).map(done),
        ["test"] => Ok(test::all(&workspace)),
        ["test", kind] => test::one(&workspace, kind),
        ["check"] => check::all(&workspace, true),
        ["check", "rules"] => check::all(&workspace, false),
        ["bench"] => bench::run(&workspace).map(done),
        ["bench", "built"] => bench::measure(&workspace).map(done),
        ["fuzz", options @ ..] => fuzz::run(&workspace, &fuzz::Options::parse(options)?).map(done),
        ["docs"] => check::documents::write(&workspace).map(done),
        ["package"] => distribution::write(&workspace).map(done),
        _ => bail!("{USAGE}"),
    }
}
