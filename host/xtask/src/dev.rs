//! `./x dev`: the server on a data folder of its own, the web part with hot reload, and plugins rebuilt as they change.

use crate::build::{self, guests};
use crate::files;
use crate::run;
use crate::workspace::{Workspace, run as run_command};
use anyhow::{Context, Result, bail};
use lamp_core::manifest::Manifest;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, SystemTime};

const LISTEN: &str = "127.0.0.1:10858";
/// Between two looks at the sources.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Runs until the server ends.
pub fn dev(workspace: &Workspace) -> Result<()> {
    build::all(workspace)?;
    let data = workspace.path(".lamphouse-dev");
    run::prepare(workspace, &data)?;
    let mut server = Running::start(&mut run::serve(workspace, &data, LISTEN))?;
    let _web = match workspace.has_npm_script("dev") {
        true => Some(Running::start(workspace.npm(&["run", "dev"]).env("LAMPHOUSE_URL", format!("http://{LISTEN}")))?),
        false => None,
    };
    let folders = workspace.plugin_folders()?;
    let mut seen = look(&folders)?;
    loop {
        if let Some(status) = server.0.try_wait().context("look at the server")? {
            bail!("the server ended: {status}");
        }
        std::thread::sleep(LOOK_EVERY);
        let now = look(&folders)?;
        let changed: Vec<PathBuf> =
            now.iter().filter(|(folder, at)| seen.get(*folder) != Some(at)).map(|(folder, _)| folder.clone()).collect();
        if !changed.is_empty() {
            if let Err(error) = reload(workspace, &data, &changed) {
                eprintln!("x: {error:#}");
            }
            seen = now;
        }
    }
}

/// When each plugin's newest source was changed.
fn look(folders: &[PathBuf]) -> Result<BTreeMap<PathBuf, SystemTime>> {
    let newest = |folder: &Path| -> Result<SystemTime> {
        let times = files::below(folder)?.into_iter().filter_map(|path| path.metadata().ok()?.modified().ok());
        Ok(times.max().unwrap_or(SystemTime::UNIX_EPOCH))
    };
    folders.iter().map(|folder| Ok((folder.clone(), newest(folder)?))).collect()
}

/// Builds the changed plugins and installs them anew; the server swaps them by itself.
fn reload(workspace: &Workspace, data: &Path, changed: &[PathBuf]) -> Result<()> {
    if workspace.has_npm_script("build:plugin-uis") {
        run_command(&mut workspace.npm(&["run", "build:plugin-uis"]))?;
    }
    guests::build(workspace, changed)?;
    for folder in changed.iter().filter(|folder| folder.join("demo.toml").is_file()) {
        let manifest = Manifest::from_toml(&files::read_text(&folder.join("plugin.toml"))?)?;
        let mut install = Command::new(workspace.program());
        install.args(["plugin", "install"]).arg(workspace.plugin_package(manifest.id.as_str()));
        run_command(install.arg("--grant-all").arg("--data").arg(data))?;
    }
    Ok(())
}

/// A program that ends with this one.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Result<Self> {
        command.spawn().map(Self).with_context(|| format!("start {}", crate::workspace::describe(command)))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
