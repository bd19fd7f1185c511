//! Listing one folder: sorted by name, page by page, with facts about each entry.

use crate::mount::{Mounts, Right};
use crate::path::check_path;
use crate::resolve::{FileStat, Links, Place, stat_entry};
use crate::write::is_kept;
use crate::{FilesError, FilesResult};
use rustix::fd::AsFd;
use rustix::fs::{FileType, RawDir};
use serde::{Deserialize, Serialize};
use std::collections::BinaryHeap;

/// Most entries of one folder that are looked at; a bigger folder is refused.
pub const MAX_FOLDER_ENTRIES: u64 = 1_000_000;
/// Most entries of one page.
pub const MAX_LIST_PAGE: u32 = 10_000;
/// Buffer for reading folders, as large as libraries use.
const FOLDER_BUFFER_BYTES: usize = 32 * 1024;

/// One entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name, without path.
    pub name: String,
    /// Facts; for a link those of what it leads to, if that lies in the mount.
    pub stat: FileStat,
    /// Whether the name is a symbolic link.
    pub is_link: bool,
}

/// One page of a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListPage {
    /// Entries, sorted by the bytes of their names.
    pub entries: Vec<Entry>,
    /// Cursor of the next page; none on the last one.
    pub next: Option<String>,
    /// Names in the whole folder that are not UTF-8 and therefore cannot be used.
    pub skipped_names: u64,
}

impl Mounts {
    /// One page of folder `path`, beginning after the name `cursor`. `limit` is 1 to [`MAX_LIST_PAGE`]. What is made
    /// or removed between two pages may or may not show; nothing shows twice. Right: read.
    /// Errors: `InvalidPath`, `NotFound`, `WrongKind`, `Escapes`, `Limit`, `Offline`.
    pub fn list(&self, mount: &str, path: &str, cursor: Option<&str>, limit: u32) -> FilesResult<ListPage> {
        check_path(path)?;
        if !(1..=MAX_LIST_PAGE).contains(&limit) {
            return Err(FilesError::Limit { what: "a page of a listing", limit: u64::from(MAX_LIST_PAGE) });
        }
        let mount = self.mount(mount)?;
        let root = mount.open(Right::Read)?;
        let place = mount.place(&root, path);
        let folder = place.open_folder(Links::Beneath)?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let (names, skipped_names) = smallest_names(place, &folder, cursor, wanted + 1)?;
        let next = (names.len() > wanted).then(|| names[wanted - 1].clone());
        let mut entries = Vec::with_capacity(names.len().min(wanted));
        for name in names.into_iter().take(wanted) {
            if let Some((stat, is_link)) = stat_entry(place, &folder, &name)? {
                entries.push(Entry { name, stat, is_link });
            }
        }
        Ok(ListPage { entries, next, skipped_names })
    }

    /// Facts about one file or folder; links are followed inside the mount. Right: read.
    /// Errors: `InvalidPath`, `NotFound`, `Escapes`, `Offline`.
    pub fn stat(&self, mount: &str, path: &str) -> FilesResult<FileStat> {
        check_path(path)?;
        let mount = self.mount(mount)?;
        let root = mount.open(Right::Read)?;
        Ok(FileStat::of(&mount.place(&root, path).stat()?))
    }
}

/// The `wanted` smallest names after `cursor`, sorted, and the count of unusable names. Holds no more than those.
fn smallest_names(
    place: Place<'_>,
    folder: impl AsFd,
    cursor: Option<&str>,
    wanted: usize,
) -> FilesResult<(Vec<String>, u64)> {
    let mut heap: BinaryHeap<String> = BinaryHeap::new();
    let skipped = each_name(place, folder, |name, _| {
        if cursor.is_some_and(|cursor| name <= cursor) {
            return;
        }
        if heap.len() < wanted {
            heap.push(name.to_owned());
        } else if heap.peek().is_some_and(|largest| name < largest.as_str()) {
            heap.pop();
            heap.push(name.to_owned());
        }
    })?;
    Ok((heap.into_sorted_vec(), skipped.count))
}

/// Names of a folder that are not UTF-8.
#[derive(Default)]
pub(crate) struct SkippedNames {
    pub count: u64,
    /// One of them, what is not UTF-8 replaced.
    pub first: Option<String>,
}

/// Calls `each` with every usable name of an open folder and what the folder says of its type (possibly unknown).
/// Names that the host keeps are left out. Shape: the names that are not UTF-8. Errors: `Limit`.
pub(crate) fn each_name(
    place: Place<'_>,
    folder: impl AsFd,
    mut each: impl FnMut(&str, FileType),
) -> FilesResult<SkippedNames> {
    let mut buffer = Vec::with_capacity(FOLDER_BUFFER_BYTES);
    let mut folder = RawDir::new(folder, buffer.spare_capacity_mut());
    let (mut seen, mut skipped) = (0_u64, SkippedNames::default());
    while let Some(entry) = folder.next() {
        let entry = entry.map_err(|errno| place.error(errno))?;
        let name = entry.file_name().to_bytes();
        if name == b"." || name == b".." {
            continue;
        }
        seen += 1;
        if seen > MAX_FOLDER_ENTRIES {
            return Err(FilesError::Limit { what: "the number of entries of one folder", limit: MAX_FOLDER_ENTRIES });
        }
        match std::str::from_utf8(name) {
            Ok(name) if is_kept(name) => {}
            Ok(name) => each(name, entry.file_type()),
            Err(_) => {
                skipped.count += 1;
                skipped.first.get_or_insert_with(|| String::from_utf8_lossy(name).into_owned());
            }
        }
    }
    Ok(skipped)
}
