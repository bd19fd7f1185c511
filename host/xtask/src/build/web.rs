//! The web part: packages from the lock file, then the shell and the plugins' interfaces.

use crate::files;
use crate::workspace::{Workspace, run};
use anyhow::Result;
use std::path::Path;
use std::time::SystemTime;

/// Installs packages when the lock file changed, and builds when a source changed.
pub fn build(workspace: &Workspace) -> Result<()> {
    if !workspace.has_npm_script("build") {
        eprintln!("web: nothing to build");
        return Ok(());
    }
    install(workspace)?;
    let (stamp, inputs) = (workspace.stamps().join("web.stamp"), hash_inputs(workspace)?);
    if is_built(workspace)? && files::is_stamped(&stamp, &inputs) {
        return Ok(());
    }
    run(&mut workspace.npm(&["run", "build"]))?;
    files::write(&stamp, inputs.as_bytes())
}

/// `npm ci`, unless what it installed is newer than the lock file.
fn install(workspace: &Workspace) -> Result<()> {
    let changed = |path: &Path| path.metadata().and_then(|data| data.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let installed = changed(&workspace.path("web/node_modules/.package-lock.json"));
    if installed > SystemTime::UNIX_EPOCH && installed >= changed(&workspace.path("web/package-lock.json")) {
        return Ok(());
    }
    run(&mut workspace.npm(&["ci", "--no-audit", "--no-fund"]))
}

fn hash_inputs(workspace: &Workspace) -> Result<String> {
    let mut inputs = files::below(&workspace.path("web"))?;
    for folder in workspace.plugin_folders()? {
        inputs.extend(files::below(&folder.join("ui"))?);
    }
    files::hash(&inputs)
}

/// Whether the results of the last build are still there.
fn is_built(workspace: &Workspace) -> Result<bool> {
    let with_ui = workspace.plugin_folders()?.into_iter().map(|folder| folder.join("ui")).filter(|ui| ui.is_dir());
    Ok(workspace.path("web/dist/index.html").is_file() && with_ui.into_iter().all(|ui| ui.join("dist").is_dir()))
}
