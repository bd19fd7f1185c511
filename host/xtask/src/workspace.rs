//! The checkout: where things lie, and how other programs are started in it.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The checkout and its target folder.
pub struct Workspace {
    /// Folder of the root `Cargo.toml`.
    pub root: PathBuf,
    /// Where cargo builds; outside the checkout when `CARGO_TARGET_DIR` says so.
    pub target: PathBuf,
}

impl Workspace {
    /// The checkout around the current folder.
    pub fn find() -> Result<Self> {
        let here = std::env::current_dir().context("read the current folder")?;
        let is_root = |folder: &&Path| folder.join("x").is_file() && folder.join("host").is_dir();
        let Some(root) = here.ancestors().find(is_root) else {
            bail!("{} lies in no checkout: start ./x there", here.display());
        };
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => root.join(folder),
            None => root.join("target"),
        };
        Ok(Self { root: root.to_path_buf(), target })
    }

    /// A path in the checkout.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Folder of stamps: what was built from which input.
    pub fn stamps(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// The server's program, inside the checkout.
    pub fn program(&self) -> PathBuf {
        self.path("target/release/lamphouse")
    }

    /// The package of one plugin, inside the checkout.
    pub fn plugin_package(&self, id: &str) -> PathBuf {
        self.path("target/plugins").join(format!("{id}.lamp.wasm"))
    }

    /// Cargo with arguments.
    pub fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(arguments).current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target);
        command
    }

    /// npm with arguments, in `web`.
    pub fn npm(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("npm");
        command.args(arguments).current_dir(self.path("web"));
        command
    }

    /// Whether `web/package.json` has this script.
    pub fn has_npm_script(&self, script: &str) -> bool {
        let text = std::fs::read(self.path("web/package.json")).unwrap_or_default();
        let parsed: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
        parsed["scripts"].get(script).is_some()
    }

    /// Folders below `plugins` and `examples` that hold a plugin, sorted.
    pub fn plugin_folders(&self) -> Result<Vec<PathBuf>> {
        let mut folders = Vec::new();
        for parent in ["plugins", "examples"] {
            let Ok(entries) = std::fs::read_dir(self.path(parent)) else { continue };
            for entry in entries {
                let folder = entry.with_context(|| format!("list {parent}"))?.path();
                if folder.join("plugin.toml").is_file() && folder.join("Cargo.toml").is_file() {
                    folders.push(folder);
                }
            }
        }
        folders.sort();
        Ok(folders)
    }
}

/// Runs a program to its end, after saying so. Errors: it cannot start, or ends with a fault.
pub fn run(command: &mut Command) -> Result<()> {
    let line = describe(command);
    eprintln!("$ {line}");
    let status = command.status().with_context(|| format!("start {line}"))?;
    if status.success() { Ok(()) } else { bail!("{line}: {status}") }
}

/// A command as one would type it.
pub fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}
