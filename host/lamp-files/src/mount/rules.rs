//! Which folders may be a mount and how a mount may be called.

use super::MountConfig;
use crate::{FilesError, FilesResult};
use std::path::{Path, PathBuf};

/// Folders of the system that are no storage.
const SYSTEM_FOLDERS: [&str; 3] = ["/proc", "/sys", "/dev"];

/// Checks a mount's name: `a-z`, `0-9` and hyphens, 1 to 64 characters, no hyphen at either end.
pub fn check_name(name: &str) -> FilesResult<()> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let valid =
        (1..=64).contains(&name.len()) && name.chars().all(allowed) && !name.starts_with('-') && !name.ends_with('-');
    if valid {
        return Ok(());
    }
    let shown: String = name.chars().take(80).flat_map(char::escape_debug).collect();
    Err(FilesError::Invalid(format!("`{shown}` is no name for a mount; use 1 to 64 of a-z, 0-9 and hyphens inside")))
}

/// Checks the folder of a new mount before it is stored. `others` are the mounts there are: a folder that contains or
/// lies in one of them is refused, so that one file never belongs to two mounts (pass none to allow it).
/// Shape: the real path, without links. Errors: `Invalid` with the next step.
pub fn check_root(path: &Path, data_folder: &Path, others: &[MountConfig]) -> FilesResult<PathBuf> {
    let shown = path.display();
    if !path.is_absolute() {
        return Err(FilesError::Invalid(format!("`{shown}` is relative; give the mount's folder from `/` on")));
    }
    let real = path.canonicalize().map_err(|error| {
        FilesError::Invalid(format!(
            "folder `{shown}` cannot be opened ({error}); create it or mount the storage first"
        ))
    })?;
    allowed(&real, data_folder).map_err(FilesError::Invalid)?;
    std::fs::read_dir(&real).map_err(|error| {
        FilesError::Invalid(format!("folder `{shown}` cannot be read ({error}); let the server's account read it"))
    })?;
    for other in others {
        let root = other.root.canonicalize().unwrap_or_else(|_| other.root.clone());
        if real.starts_with(&root) || root.starts_with(&real) {
            return Err(FilesError::Invalid(format!(
                "`{shown}` overlaps mount `{}` ({}); choose folders that lie side by side",
                other.name,
                root.display()
            )));
        }
    }
    Ok(real)
}

/// The part of the rules that is checked each time a root is opened; `real` is free of links.
pub(super) fn allowed(real: &Path, data_folder: &Path) -> Result<(), String> {
    let shown = real.display();
    if real.parent().is_none() {
        return Err("`/` is the whole system; choose the folder that holds the files".to_owned());
    }
    if let Some(system) = SYSTEM_FOLDERS.iter().find(|system| real.starts_with(system)) {
        return Err(format!("`{shown}` belongs to the system ({system}); choose a folder that holds files"));
    }
    let data = data_folder.canonicalize().unwrap_or_else(|_| data_folder.to_owned());
    if real.starts_with(&data) || data.starts_with(real) {
        return Err(format!("`{shown}` contains or lies in the server's data folder; choose a folder outside it"));
    }
    if !real.is_dir() {
        return Err(format!("`{shown}` is not a folder; give the folder that holds the files"));
    }
    Ok(())
}
