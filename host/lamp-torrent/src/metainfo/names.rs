//! Names and paths: what may become a file on somebody's disk.

use super::MAX_DEPTH;
use crate::{Problem, TorrentResult};

/// Longest name in bytes; `NAME_MAX` of Linux file systems.
const MAX_NAME_BYTES: usize = 255;
/// Longest path in bytes, the same as for paths in mounts.
const MAX_PATH_BYTES: usize = 4_000;

/// One name of a path, in UTF-8. Refused is what could mean another place for anyone who gets it: separators of any
/// system, names of dots (also with the spaces that some systems drop), a byte order mark in front, control characters.
/// Percent signs, colons and the like are plain characters.
pub(crate) fn check_component(bytes: &[u8]) -> Result<&str, Problem> {
    let refuse = |reason| Err(Problem::Name { name: shown(&String::from_utf8_lossy(bytes)), reason });
    let Ok(name) = std::str::from_utf8(bytes) else {
        return refuse("is not UTF-8");
    };
    if name.is_empty() {
        return refuse("is empty");
    }
    if name.len() > MAX_NAME_BYTES {
        return refuse("is longer than 255 bytes");
    }
    if name.contains(['/', '\\']) {
        return refuse("holds a separator of folders");
    }
    if name.chars().any(char::is_control) {
        return refuse("holds a control character");
    }
    if name.starts_with('\u{feff}') {
        return refuse("begins with a byte order mark");
    }
    if name.chars().all(|c| c == '.' || c == ' ') {
        return refuse("is made of dots and spaces");
    }
    Ok(name)
}

/// A path from checked names.
pub(super) fn join(field: &str, names: &[&str]) -> TorrentResult<String> {
    let range =
        |found: usize, most: usize| Problem::OutOfRange { found: found.to_string(), least: 1, most: most as u64 };
    if names.is_empty() || names.len() > MAX_DEPTH {
        return Err(range(names.len(), MAX_DEPTH).of(format!("{field} (number of names)")));
    }
    let path = names.join("/");
    if path.len() > MAX_PATH_BYTES {
        return Err(range(path.len(), MAX_PATH_BYTES).of(format!("{field} (bytes)")));
    }
    Ok(path)
}

/// No path is there twice, and none is both a file and a folder.
pub(crate) fn check_paths<'a>(paths: impl Iterator<Item = &'a str>) -> Result<(), Problem> {
    // In this order everything below a path follows it at once.
    let mut sorted: Vec<&str> = paths.collect();
    sorted.sort_unstable_by(|left, right| left.split('/').cmp(right.split('/')));
    for pair in sorted.windows(2) {
        let [first, second] = pair else { continue };
        match second.strip_prefix(first) {
            Some("") => return Err(Problem::Duplicate(shown(first))),
            Some(rest) if rest.starts_with('/') => return Err(Problem::FileIsFolder(shown(first))),
            _ => {}
        }
    }
    Ok(())
}

/// A hostile text made fit for a message.
pub(crate) fn shown(text: &str) -> String {
    text.chars().take(200).flat_map(char::escape_debug).collect()
}
