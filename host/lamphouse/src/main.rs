//! The binary: reads the command line, puts the host together, runs it. Commands other than `serve` work on the same
//! data folder whether the server runs or not; a running server sees what they change within a quarter of a second.

mod cli;
mod commands;
mod logging;
mod open;
mod serve;
mod tracker;

use clap::Parser;
use cli::{Cli, Command};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    logging::start(&cli);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&anyhow::Error::new(error).context("start the runtime")),
    };
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

async fn run(cli: Cli) -> anyhow::Result<()> {
    let data = &cli.data;
    match cli.command {
        Command::Serve(options) => serve::serve(data, options).await,
        Command::User(command) => commands::user::run(data, command).await,
        Command::Key(command) => commands::key::run(data, command).await,
        Command::Mount(command) => commands::mount::run(data, command).await,
        Command::Plugin(command) => commands::plugin::run(data, command).await,
        Command::Job(command) => commands::job::run(data, command).await,
        Command::Site(command) => commands::site::run(data, command).await,
        Command::Torrent(command) => commands::torrent::run(data, command).await,
        Command::Doctor => commands::doctor::run(data).await,
    }
}

fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("lamphouse: {error:#}");
    ExitCode::FAILURE
}
