//! The build: web first (the program embeds the shell), then plugins, then the program.

use crate::files;
use crate::workspace::{Workspace, run};
use anyhow::{Result, bail};
use std::path::PathBuf;

pub mod guests;
mod web;

/// Builds everything; what is up to date is left alone.
pub fn all(workspace: &Workspace) -> Result<()> {
    web::build(workspace)?;
    guests::build(workspace, &workspace.plugin_folders()?)?;
    program(workspace)
}

/// Builds one part of it: `web`, `plugins` or `program`.
pub fn one(workspace: &Workspace, part: &str) -> Result<()> {
    match part {
        "web" => web::build(workspace),
        "plugins" => guests::build(workspace, &workspace.plugin_folders()?),
        "program" => program(workspace),
        _ => bail!("`{part}` is no part of the build: web, plugins or program"),
    }
}

/// Builds the server's program.
fn program(workspace: &Workspace) -> Result<()> {
    native(workspace, "lamphouse").map(drop)
}

/// Builds the program of a crate and leaves it in `target/release` of the checkout. Shape: where it is.
pub fn native(workspace: &Workspace, name: &str) -> Result<PathBuf> {
    run(&mut workspace.cargo(&["build", "--release", "-p", name]))?;
    let program = workspace.path("target/release").join(name);
    files::leave(&workspace.target.join("release").join(name), &program)?;
    Ok(program)
}
