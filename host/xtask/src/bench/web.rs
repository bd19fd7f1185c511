//! What the pages cost in a browser: the figures of `web/bench`.

use super::row::Row;
use crate::files;
use crate::workspace::{Workspace, run};
use anyhow::Result;
use std::path::Path;

/// Measures with an empty folder to work in; nothing where there is no web interface.
pub fn rows(workspace: &Workspace, folder: &Path) -> Result<Vec<Row>> {
    if !workspace.has_npm_script("bench") {
        return Ok(Vec::new());
    }
    let file = folder.join("rows");
    run(workspace.npm(&["run", "bench"]).env("BENCH_ROWS", &file))?;
    files::read_text(&file)?.lines().map(Row::parse).collect()
}
