//! `./x bench`: what the server costs, as figures that compare two things in one run, so that they mean the same on every
//! machine. The tracker and plugins add their own: an example of the tracker's crate, and the program of the crate in a
//! plugin's folder `bench`, print rows.

mod connection;
mod load;
mod machine;
mod row;
mod server;
mod torrent;
mod web;

use crate::build;
use crate::files;
use crate::workspace::{Workspace, describe, run as run_command};
use anyhow::{Context, Result, bail};
use row::Row;
use server::House;
use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The plugin that answers with five letters and does nothing else.
const HELLO: &str = "hello-rust";
/// Its route.
const HELLO_ROUTE: &str = "/api/v1/p/hello-rust/hello";
/// The route of the server that passes the same doors and answers itself.
const NATIVE_ROUTE: &str = "/api/v1/ping";
/// How often the server is started to see how long that takes.
const STARTS: usize = 7;
/// Where the table is kept.
const DOCUMENT: &str = "docs/generated/benchmarks.md";

/// Builds everything, measures, prints the table and keeps it.
pub fn run(workspace: &Workspace) -> Result<()> {
    build::all(workspace)?;
    measure(workspace)
}

/// Measures what is built.
pub fn measure(workspace: &Workspace) -> Result<()> {
    let machine = machine::describe();
    let mut rows = in_new_folder(workspace, "server", |folder| server_rows(workspace, folder))?;
    rows.extend(in_new_folder(workspace, "torrent", |folder| torrent::rows(&workspace.program(), folder))?);
    rows.extend(in_new_folder(workspace, "web", |folder| web::rows(workspace, folder))?);
    rows.extend(tracker_rows(workspace)?);
    for folder in workspace.plugin_folders()? {
        let bench = folder.join("bench");
        if bench.join("Cargo.toml").is_file() {
            rows.extend(in_new_folder(workspace, "plugin", |temporary| plugin_rows(workspace, &bench, temporary))?);
        }
    }
    let text = document(&machine, &rows)?;
    files::write(&workspace.path(DOCUMENT), text.as_bytes())?;
    println!("{text}");
    Ok(())
}

/// A folder for the time of a measurement.
fn in_new_folder<T>(workspace: &Workspace, name: &str, work: impl FnOnce(&Path) -> Result<T>) -> Result<T> {
    let folder = workspace.target.join("bench").join(name);
    let remove = || match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("remove {}", folder.display()))
        }
        _ => Ok(()),
    };
    remove()?;
    std::fs::create_dir_all(&folder).with_context(|| format!("make {}", folder.display()))?;
    let outcome = work(&folder);
    remove()?;
    outcome
}

fn server_rows(workspace: &Workspace, folder: &Path) -> Result<Vec<Row>> {
    let house = House::new(workspace.program(), folder.to_path_buf());
    let package = workspace.plugin_package(HELLO);
    house.command(&["plugin", "install", &package.to_string_lossy(), "--grant-all"])?;
    let key = house.command(&["key", "create", "--role", "admin"])?.trim().to_owned();
    // The first start compiles the plugin; those that follow find its code.
    first_answer(&house, &key)?;
    Ok(vec![start(&house, &key)?, hello(&house, &key)?])
}

/// Starts the server and asks the plugin's route until it answers. Shape: milliseconds since the start.
fn first_answer(house: &House, key: &str) -> Result<f64> {
    let begin = Instant::now();
    let server = house.serve()?;
    while load::status(&server.address, HELLO_ROUTE, key) != Some(200) {
        if begin.elapsed() > Duration::from_secs(60) {
            bail!("{HELLO_ROUTE} does not answer within a minute");
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let elapsed_ms = begin.elapsed().as_secs_f64() * 1e3;
    server.stop()?;
    Ok(elapsed_ms)
}

fn start(house: &House, key: &str) -> Result<Row> {
    let mut times = (0..STARTS).map(|_| first_answer(house, key)).collect::<Result<Vec<f64>>>()?;
    times.sort_by(f64::total_cmp);
    let (least, most) = (times[0], times[STARTS - 1]);
    Ok(Row::new(
        "start to the first answer of a plugin, code compiled before",
        format!("{:.0} ms", times[STARTS / 2]),
        "<= 300 ms",
        format!("median of {STARTS}, from {least:.0} to {most:.0} ms"),
    ))
}

fn hello(house: &House, key: &str) -> Result<Row> {
    let server = house.serve()?;
    let measure = |route| load::requests_per_cpu_second(&server, route, key);
    // One after the other and back: a machine that grows warm or busy meanwhile favours neither.
    let native_first = measure(NATIVE_ROUTE)?;
    let plugin = f64::midpoint(measure(HELLO_ROUTE)?, measure(HELLO_ROUTE)?);
    let native = f64::midpoint(native_first, measure(NATIVE_ROUTE)?);
    server.stop()?;
    Ok(Row::new(
        "\"hello\" of a plugin against a route of the server, requests per CPU second",
        format!("{:.2}x", plugin / native),
        ">= 0.55x",
        format!("{plugin:.0} against {native:.0} a second, {} connections", load::CONNECTIONS),
    ))
}

/// Rows that the program of a plugin's `bench` prints, called with the server's program, the folder of packages and an
/// empty folder to work in.
fn plugin_rows(workspace: &Workspace, bench: &Path, temporary: &Path) -> Result<Vec<Row>> {
    let manifest: toml::Table = toml::from_str(&files::read_text(&bench.join("Cargo.toml"))?)
        .with_context(|| format!("read the manifest in {}", bench.display()))?;
    let Some(name) = manifest.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str)
    else {
        bail!("{}/Cargo.toml names no package", bench.display());
    };
    run_command(&mut workspace.cargo(&["build", "--release", "-p", name]))?;
    let mut command = Command::new(workspace.target.join("release").join(name));
    command.arg(workspace.program()).arg(workspace.path("target/plugins")).arg(temporary);
    command.current_dir(&workspace.root).env("CARGO_TARGET_DIR", &workspace.target);
    rows_of(command)
}

/// Rows of the tracker against another one, from an example of its crate.
fn tracker_rows(workspace: &Workspace) -> Result<Vec<Row>> {
    run_command(&mut workspace.cargo(&["build", "--release", "-p", "lamp-tracker", "--example", "bench"]))?;
    rows_of(Command::new(workspace.target.join("release/examples/bench")))
}

/// What a program prints, as rows.
fn rows_of(mut command: Command) -> Result<Vec<Row>> {
    let line = describe(&command);
    eprintln!("$ {line}");
    let output = command.stderr(Stdio::inherit()).output().with_context(|| format!("start {line}"))?;
    if !output.status.success() {
        bail!("{line}: {}", output.status);
    }
    String::from_utf8_lossy(&output.stdout).lines().map(Row::parse).collect()
}

fn document(machine: &str, rows: &[Row]) -> Result<String> {
    let mut text =
        "# Benchmarks\n\nWritten by `./x bench`. Do not edit. Ratios compare two things measured in the same run.\n\n"
            .to_owned();
    writeln!(text, "{machine}\n\n| what | figure | target | met | |\n|---|---:|---|---|---|")?;
    for row in rows {
        let met = match row.is_met() {
            Some(true) => "yes",
            Some(false) => "**no**",
            None => "",
        };
        writeln!(text, "| {} | {} | {} | {met} | {} |", row.name, row.value, row.target, row.note)?;
    }
    Ok(text)
}
