//! `./x run`: the server on a data folder in the checkout. A new data folder gets what the plugins' `demo.toml` ask for.

use crate::build;
use crate::files;
use crate::workspace::{Workspace, run as run_command};
use anyhow::{Context, Result, bail};
use lamp_core::manifest::Manifest;
use serde::Deserialize;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where to keep data and where to listen.
pub struct Options {
    /// Data folder; `.lamphouse` in the checkout unless given.
    pub data: Option<PathBuf>,
    /// Address and port.
    pub listen: String,
}

/// A plugin's `demo.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Demo {
    /// Crate in this workspace whose program fills a folder, called with the folder.
    #[serde(default)]
    generator: Option<String>,
    /// Ending of the folder beside the data folder that the generator fills.
    #[serde(default)]
    folder: Option<String>,
    /// Name under which that folder is mounted.
    #[serde(default)]
    mount: Option<String>,
    /// Rights of the mount.
    #[serde(default)]
    rights: Vec<String>,
}

impl Options {
    /// From `--data DIR` and `--listen ADDR:PORT`.
    pub fn parse(words: &[&str]) -> Result<Self> {
        let mut options = Self { data: None, listen: "127.0.0.1:10858".to_owned() };
        for pair in words.chunks(2) {
            match pair {
                ["--data", folder] => options.data = Some(std::path::absolute(folder).context("read --data")?),
                ["--listen", address] => options.listen = (*address).to_owned(),
                _ => bail!("`{}` is no option of run: --data DIR, --listen ADDR:PORT", pair.join(" ")),
            }
        }
        Ok(options)
    }
}

/// Builds, prepares a new data folder and becomes the server.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    build::all(workspace)?;
    let data = options.data.clone().unwrap_or_else(|| workspace.path(".lamphouse"));
    prepare(workspace, &data)?;
    let error = serve(workspace, &data, &options.listen).exec();
    Err(error).with_context(|| format!("start {}", workspace.program().display()))
}

/// The server's command line.
pub fn serve(workspace: &Workspace, data: &Path, listen: &str) -> Command {
    let mut command = Command::new(workspace.program());
    command.arg("serve").arg("--data").arg(data).args(["--listen", listen]);
    command
}

/// Installs the plugins that have a demo (an unchanged one stays as it is), and fills and mounts their folders once.
pub fn prepare(workspace: &Workspace, data: &Path) -> Result<()> {
    let is_new = !data.join(DONE).is_file();
    for (folder, demo) in demos(workspace)? {
        if is_new {
            make_library(workspace, data, &demo)?;
        }
        install(workspace, data, &folder, is_new)?;
    }
    files::write(&data.join(DONE), b"The demo was set up; remove this file to have it set up again.\n")
}

/// Builds the programs that fill the plugins' demo folders; browser tests call them.
pub fn generators(workspace: &Workspace) -> Result<()> {
    for generator in demos(workspace)?.into_iter().filter_map(|(_, demo)| demo.generator) {
        build::native(workspace, &generator)?;
    }
    Ok(())
}

/// The folders of the plugins that have a demo, with it.
fn demos(workspace: &Workspace) -> Result<Vec<(PathBuf, Demo)>> {
    let mut demos = Vec::new();
    for folder in workspace.plugin_folders()? {
        let path = folder.join("demo.toml");
        if path.is_file() {
            let demo = toml::from_str(&files::read_text(&path)?).with_context(|| format!("{}", path.display()))?;
            demos.push((folder, demo));
        }
    }
    Ok(demos)
}

/// Mark of a data folder whose demo is set up.
const DONE: &str = "demo-done";

fn make_library(workspace: &Workspace, data: &Path, demo: &Demo) -> Result<()> {
    let (Some(generator), Some(folder)) = (&demo.generator, &demo.folder) else { return Ok(()) };
    // Beside the data folder: no mount may lie in it.
    let name = data.file_name().unwrap_or_default().to_string_lossy();
    let library = data.with_file_name(format!("{name}-{folder}"));
    std::fs::create_dir_all(&library).with_context(|| format!("make {}", library.display()))?;
    run_command(Command::new(build::native(workspace, generator)?).arg(&library))?;
    let Some(mount) = &demo.mount else { return Ok(()) };
    let mut add = Command::new(workspace.program());
    add.args(["mount", "add", mount]).arg(&library);
    add.arg("--rights").arg(demo.rights.join(",")).arg("--data").arg(data);
    run_command(&mut add)
}

/// Grants are given once: what an admin revoked later stays revoked.
fn install(workspace: &Workspace, data: &Path, folder: &Path, with_grants: bool) -> Result<()> {
    let manifest = Manifest::from_toml(&files::read_text(&folder.join("plugin.toml"))?)?;
    let mut command = Command::new(workspace.program());
    command.args(["plugin", "install"]).arg(workspace.plugin_package(manifest.id.as_str()));
    if with_grants {
        command.arg("--grant-all");
    }
    run_command(command.arg("--data").arg(data))
}
