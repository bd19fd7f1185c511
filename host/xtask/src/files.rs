//! Files of the checkout: walking them, hashing them, leaving copies of what was built.

use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold nothing of our own writing.
const SKIPPED: [&str; 6] = ["node_modules", "dist", "target", "test-results", "playwright-report", ".git"];

/// All files below a folder, sorted, without those that tools made. Shape: none when the folder is not there.
pub fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    collect(folder, &mut files, &|name| SKIPPED.contains(&name))?;
    files.sort();
    Ok(files)
}

/// All files below a folder that a tool made, sorted.
pub fn built(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    collect(folder, &mut files, &|_| false)?;
    files.sort();
    Ok(files)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>, skipped: &dyn Fn(&str) -> bool) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let entry = entry.with_context(|| format!("list {}", folder.display()))?;
        let kind = entry.file_type().with_context(|| format!("look at {}", entry.path().display()))?;
        if kind.is_dir() {
            if !skipped(&entry.file_name().to_string_lossy()) {
                collect(&entry.path(), files, skipped)?;
            }
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(())
}

/// A file's bytes.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("read {}", path.display()))
}

/// A file's text.
pub fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("read {}", path.display()))
}

/// Writes a file with its folders, unless it holds these bytes already.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|present| present == bytes) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    }
    fs::write(path, bytes).with_context(|| format!("write {}", path.display()))
}

/// One hash of the paths and contents of files.
pub fn hash(files: &[PathBuf]) -> Result<String> {
    let mut all = Vec::new();
    for path in files {
        all.extend_from_slice(path.to_string_lossy().as_bytes());
        all.extend_from_slice(lamp_package::hash_hex(&read(path)?).as_bytes());
    }
    Ok(lamp_package::hash_hex(&all))
}

/// Leaves `from` also at `to`: a hard link where that is possible, else a copy.
pub fn leave(from: &Path, to: &Path) -> Result<()> {
    if from == to {
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    }
    match fs::remove_file(to) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("replace {}", to.display()));
        }
        _ => {}
    }
    if fs::hard_link(from, to).is_err() {
        fs::copy(from, to).with_context(|| format!("copy {} to {}", from.display(), to.display()))?;
    }
    Ok(())
}

/// Whether a stamp holds this text: the work it stands for is up to date.
pub fn is_stamped(stamp: &Path, text: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|present| present == text)
}
