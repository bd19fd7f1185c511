//! What every source file owes its reader: a first line that says what it is for, a length one can read, nothing unfinished.

use super::Faults;
use crate::files;
use crate::workspace::Workspace;
use anyhow::Result;
use std::path::{Path, PathBuf};

/// From here on a file is named in a warning.
const LONG_LINES: usize = 500;
/// Where sources lie.
const FOLDERS: [&str; 5] = ["host", "plugins", "examples", "wit", "web"];

/// Sources with one of these endings.
fn sources(workspace: &Workspace, endings: &[&str]) -> Result<Vec<PathBuf>> {
    let mut sources = Vec::new();
    for folder in FOLDERS {
        let files = files::below(&workspace.path(folder))?.into_iter();
        sources.extend(
            files.filter(|path| path.extension().is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted))),
        );
    }
    Ok(sources)
}

fn shown(workspace: &Workspace, path: &Path) -> String {
    path.strip_prefix(&workspace.root).unwrap_or(path).display().to_string()
}

/// Rust files open with `//!`.
pub fn check_headers(workspace: &Workspace) -> Faults {
    let mut faults = Vec::new();
    for path in sources(workspace, &["rs"])? {
        if !files::read_text(&path)?.starts_with("//! ") {
            faults.push(format!("{} does not open with `//!` and what it is for", shown(workspace, &path)));
        }
    }
    Ok(faults)
}

/// Nothing is left for later without an issue's number.
pub fn check_unfinished(workspace: &Workspace) -> Faults {
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    let mut faults = Vec::new();
    for path in sources(workspace, &["rs", "ts", "tsx", "wit", "css", "mjs"])? {
        for (index, line) in files::read_text(&path)?.lines().enumerate() {
            let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '#' && c != '(');
            for word in words {
                if marks.contains(&word) {
                    faults.push(format!("{}:{}: {word} without an issue", shown(workspace, &path), index + 1));
                }
            }
        }
    }
    Ok(faults)
}

/// Long files, longest first; nobody reads generated ones.
pub fn long_files(workspace: &Workspace) -> Result<Vec<String>> {
    let mut long = Vec::new();
    for path in sources(workspace, &["rs", "ts", "tsx", "wit", "css"])? {
        let text = files::read_text(&path)?;
        let lines = text.lines().count();
        if lines > LONG_LINES && !text.starts_with("// Generated ") {
            long.push((lines, shown(workspace, &path)));
        }
    }
    long.sort_by(|left, right| right.cmp(left));
    Ok(long.into_iter().map(|(lines, path)| format!("{path} has {lines} lines, more than {LONG_LINES}")).collect())
}
