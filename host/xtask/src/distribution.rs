//! `./x package`: one archive with the program, the plugins and the papers.

use crate::build;
use crate::files;
use crate::workspace::{Workspace, run};
use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;

/// Writes `target/dist/lamphouse-VERSION-ARCH.tar.gz`.
pub fn write(workspace: &Workspace) -> Result<()> {
    build::all(workspace)?;
    let name = format!("lamphouse-{}-{}", env!("CARGO_PKG_VERSION"), std::env::consts::ARCH);
    let dist = workspace.path("target/dist");
    let folder = dist.join(&name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("remove {}", folder.display()))?;
    }
    files::leave(&workspace.program(), &folder.join("lamphouse"))?;
    for plugin in files::built(&workspace.path("target/plugins"))? {
        let file_name = plugin.file_name().map(Path::new).context("a plugin has no name")?;
        files::leave(&plugin, &folder.join("plugins").join(file_name))?;
    }
    for paper in ["README.md", "LICENSE", "SECURITY.md", "CHANGELOG.md"] {
        if workspace.path(paper).is_file() {
            files::leave(&workspace.path(paper), &folder.join(paper))?;
        }
    }
    let archive = format!("{name}.tar.gz");
    // Sorted, without owners and times: the same files give the same archive.
    let plain = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0"];
    run(Command::new("tar").current_dir(&dist).args(plain).args(["-czf", &archive, &name]))?;
    println!("{}", dist.join(archive).display());
    Ok(())
}
