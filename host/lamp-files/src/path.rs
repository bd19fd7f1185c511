//! Which texts are paths. Pure: the disk is not asked here.

use crate::{FilesError, FilesResult};

/// Longest path in bytes; the kernel's `PATH_MAX` less some room.
const MAX_PATH_BYTES: usize = 4_000;
/// Longest segment in bytes; `NAME_MAX` of Linux file systems.
const MAX_SEGMENT_BYTES: usize = 255;

/// Checks a path of a file or folder in a mount. Shape: segments joined by `/`; the empty text is the mount's root.
/// Errors: `InvalidPath` for a leading or trailing `/`, an empty, `.` or `..` segment, NUL, too long.
/// A backslash, a percent sign or a colon is a plain character, as it is for Linux.
pub fn check_path(path: &str) -> FilesResult<()> {
    let refuse = |problem| Err(FilesError::InvalidPath { path: shown(path), problem });
    if path.is_empty() {
        return Ok(());
    }
    if path.len() > MAX_PATH_BYTES {
        return refuse("is longer than 4000 bytes");
    }
    if path.starts_with('/') {
        return refuse("is absolute; give it relative to the mount, without the leading `/`");
    }
    if path.contains('\0') {
        return refuse("contains a NUL character");
    }
    for segment in path.split('/') {
        match segment {
            "" => {
                return refuse("has an empty segment; write single `/` between names and none at the end");
            }
            "." | ".." => return refuse("has a `.` or `..` segment; name the place directly"),
            long if long.len() > MAX_SEGMENT_BYTES => {
                return refuse("has a name longer than 255 bytes");
            }
            _ => {}
        }
    }
    Ok(())
}

/// Checks a path that must name something below the root.
pub(crate) fn check_inner(path: &str) -> FilesResult<()> {
    if path.is_empty() {
        return Err(FilesError::InvalidPath {
            path: String::new(),
            problem: "is empty; name a file or folder in the mount",
        });
    }
    check_path(path)
}

/// Parent (empty for the root) and last name of a checked, non-empty path.
pub(crate) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// `folder/name`, or `name` in the root.
pub(crate) fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Whether `path` is `folder` or lies in it.
pub(crate) fn is_within(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A hostile text made fit for a message.
fn shown(path: &str) -> String {
    path.chars().take(120).flat_map(char::escape_debug).collect()
}
