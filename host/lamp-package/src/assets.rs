//! The assets archive: a tar of plain files under zstd, the same bytes for the same files. Reading trusts nothing: sizes,
//! numbers, ratio, kinds of entries and paths are bounded before anything is kept.

use crate::error::PackageError;
use crate::{MAX_ASSET_BYTES, MAX_ASSETS};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

/// Longest path in bytes.
const MAX_PATH_BYTES: usize = 200;
/// Deepest path.
const MAX_SEGMENTS: usize = 10;
/// The unpacked archive may be this much larger than the packed one ...
const MAX_RATIO: usize = 200;
/// ... after a first allowance in bytes, since small files of zeroes pack very well.
const RATIO_FREE_BYTES: usize = 4 << 20;
/// Bytes of tar around the files: two blocks an entry and the end.
const MAX_TAR_BYTES: usize = MAX_ASSET_BYTES + MAX_ASSETS * 1_024 + 10_240;
/// Largest zstd window, 2^26 bytes = 64 MiB.
const WINDOW_LOG_MAX: u32 = 26;
/// Packages are written seldom and read often.
const LEVEL: i32 = 19;

/// Unpacks the section's bytes. Errors: any limit, any entry that is no plain file, any path that `check_path` refuses,
/// repeated paths, also when they differ only in case.
pub(crate) fn unpack(packed: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, PackageError> {
    let tar = inflate(packed)?;
    let mut archive = tar::Archive::new(tar.as_slice());
    let mut assets = BTreeMap::new();
    let mut total = 0;
    for entry in archive.entries().map_err(unreadable)?.raw(true) {
        let (path, content) = read_entry(entry.map_err(unreadable)?)?;
        total += content.len();
        if assets.len() >= MAX_ASSETS || total > MAX_ASSET_BYTES {
            return Err(over_limits());
        }
        if assets.insert(path.clone(), content).is_some() {
            return Err(PackageError::Asset { path, message: "is there twice".to_owned() });
        }
    }
    check_collisions(&assets)?;
    Ok(assets)
}

/// Packs assets. Shape: sorted by path, no times, no owners. Errors: as `unpack`.
pub(crate) fn pack(assets: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, PackageError> {
    if assets.len() > MAX_ASSETS || assets.values().map(Vec::len).sum::<usize>() > MAX_ASSET_BYTES {
        return Err(over_limits());
    }
    let mut builder = tar::Builder::new(Vec::new());
    for (path, content) in assets {
        check_path(path)?;
        let mut header = tar::Header::new_ustar();
        header.set_path(path).map_err(PackageError::Write)?;
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append(&header, content.as_slice()).map_err(PackageError::Write)?;
    }
    let tar = builder.into_inner().map_err(PackageError::Write)?;
    zstd::bulk::compress(&tar, LEVEL).map_err(PackageError::Write)
}

/// Whether a path is relative, clean and of harmless characters only. Shape: `a-z A-Z 0-9 . _ - @ +` in segments that do
/// not start or end with a dot, 1 to 10 segments, 200 bytes at most.
pub(crate) fn check_path(path: &str) -> Result<(), PackageError> {
    let refuse = |message: &str| Err(PackageError::Asset { path: shown(path), message: message.to_owned() });
    if path.is_empty() || path.len() > MAX_PATH_BYTES {
        return refuse("the path must have 1 to 200 characters");
    }
    let segments: Vec<&str> = path.split('/').collect();
    if segments.len() > MAX_SEGMENTS {
        return refuse("the path is more than 10 folders deep");
    }
    let harmless = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '@' | '+');
    let clean = |segment: &&str| {
        !segment.is_empty()
            && !segment.starts_with('.')
            && !segment.ends_with('.')
            && segment.chars().all(harmless)
            && !is_device(segment)
    };
    if !segments.iter().all(clean) {
        return refuse(
            "the path must be relative, with segments of a-z A-Z 0-9 . _ - @ + that neither start nor end with a dot",
        );
    }
    Ok(())
}

/// Names that Windows takes for devices, in any folder and with any ending.
fn is_device(segment: &str) -> bool {
    let stem = segment.split('.').next().unwrap_or(segment).to_ascii_lowercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix).is_some_and(|rest| rest.len() == 1 && rest.chars().all(|c| c.is_ascii_digit()))
    };
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

fn inflate(packed: &[u8]) -> Result<Vec<u8>, PackageError> {
    let limit = MAX_TAR_BYTES.min(RATIO_FREE_BYTES.saturating_add(packed.len().saturating_mul(MAX_RATIO)));
    let mut decoder = zstd::Decoder::new(packed).map_err(unreadable)?;
    decoder.window_log_max(WINDOW_LOG_MAX).map_err(unreadable)?;
    let mut tar = Vec::new();
    decoder.take(limit as u64 + 1).read_to_end(&mut tar).map_err(unreadable)?;
    if tar.len() > limit { Err(over_limits()) } else { Ok(tar) }
}

fn read_entry<R: Read>(mut entry: tar::Entry<'_, R>) -> Result<(String, Vec<u8>), PackageError> {
    let path = match std::str::from_utf8(&entry.path_bytes()) {
        Ok(path) => path.to_owned(),
        Err(_) => return Err(PackageError::Assets("a path is not UTF-8".to_owned())),
    };
    let refuse = |message: &str| PackageError::Asset { path: shown(&path), message: message.to_owned() };
    if entry.header().entry_type() != tar::EntryType::Regular {
        return Err(refuse("is no plain file; links, folders and devices are not allowed"));
    }
    check_path(&path)?;
    let size = entry.header().entry_size().map_err(unreadable)?;
    let mut content = Vec::new();
    entry.read_to_end(&mut content).map_err(unreadable)?;
    if content.len() as u64 != size {
        return Err(refuse("is cut short"));
    }
    Ok((path, content))
}

/// Refuses paths that are one path on some file system: equal but for case, or a file where another has a folder.
fn check_collisions(assets: &BTreeMap<String, Vec<u8>>) -> Result<(), PackageError> {
    let mut seen = BTreeSet::new();
    for path in assets.keys() {
        if !seen.insert(path.to_ascii_lowercase()) {
            return Err(PackageError::Asset {
                path: path.clone(),
                message: "differs from another only in case".to_owned(),
            });
        }
    }
    for path in assets.keys() {
        let lower = path.to_ascii_lowercase();
        let folders = lower.match_indices('/').map(|(at, _)| &lower[..at]);
        if folders.into_iter().any(|folder| seen.contains(folder)) {
            return Err(PackageError::Asset { path: path.clone(), message: "lies below another file".to_owned() });
        }
    }
    Ok(())
}

fn over_limits() -> PackageError {
    PackageError::Assets(format!(
        "at most {MAX_ASSETS} files, {} MiB unpacked and {MAX_RATIO} times the packed size are allowed",
        MAX_ASSET_BYTES >> 20
    ))
}

fn unreadable(error: std::io::Error) -> PackageError {
    PackageError::Assets(format!("the archive cannot be read: {error}"))
}

/// A refused path for a message: bounded and without control characters.
fn shown(path: &str) -> String {
    path.chars().take(MAX_PATH_BYTES).flat_map(char::escape_debug).collect()
}
