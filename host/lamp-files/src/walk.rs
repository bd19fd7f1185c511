//! Walking a tree with few calls: folder by folder, sorted, page by page, with facts about each entry.

use crate::list::{Entry, each_name};
use crate::mount::{Mount, Mounts, Right};
use crate::operation::Fault;
use crate::path::{check_path, is_within, join};
use crate::resolve::{FileKind, FileStat, Links, Place, stat_entry};
use crate::{FilesError, FilesResult};
use lamp_core::pattern;
use rustix::fs::fstat;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Most entries of one page of a walk.
pub const MAX_WALK_ENTRIES: u32 = 200_000;
/// Folders nested deeper than this are reported with a fault and not entered.
const MAX_DEPTH: usize = 128;

/// Most walks of one call.
const MAX_WALKS: u32 = 1_000;
/// Most entries of all of them.
const MAX_WALKS_ENTRIES: u32 = 200_000;

/// How to walk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalkOptions {
    /// Go on after this folder (`next` of the page before).
    #[serde(default)]
    pub cursor: Option<String>,
    /// A page ends with the folder that brings it to this many entries and folders; 1 to [`MAX_WALK_ENTRIES`].
    pub max_entries: u32,
    /// Folders below the start to go down; 0 is the start alone.
    pub max_depth: u32,
    /// Only files whose name matches one of these patterns (`*` for any run, ASCII letters in either case) are
    /// reported; empty for all files.
    /// Folders are always reported and entered.
    #[serde(default)]
    pub names: Vec<String>,
}

impl Default for WalkOptions {
    fn default() -> Self {
        Self { cursor: None, max_entries: MAX_WALK_ENTRIES, max_depth: u32::MAX, names: Vec::new() }
    }
}

/// One folder of a walk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderRecord {
    /// Path in the mount, empty for the root.
    pub path: String,
    /// Last change of the folder itself (an entry made, removed or renamed), Unix milliseconds; 0 with a fault.
    pub modified_ms: i64,
    /// Entries, sorted by the bytes of their names. Links are marked and not entered.
    pub entries: Vec<Entry>,
    /// Names that are not UTF-8 and therefore cannot be used.
    pub skipped_names: u64,
    /// One of them, what is not UTF-8 replaced by U+FFFD.
    pub skipped_name: Option<String>,
    /// Why the folder could not be listed; the walk goes on with the next one.
    pub fault: Option<Fault>,
}

/// One page of a walk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalkPage {
    /// Folders, a folder before what is in it, siblings sorted by the bytes of their names.
    pub folders: Vec<FolderRecord>,
    /// Cursor of the next page; none when the walk is complete.
    pub next: Option<String>,
}

impl Mounts {
    /// Walks the tree below folder `path`. Right: read. A folder that cannot be listed is reported with its fault.
    /// Errors: `InvalidPath`, `NotFound` or `WrongKind` for the start, `Limit`, `Offline`.
    pub fn walk(&self, mount: &str, path: &str, options: &WalkOptions) -> FilesResult<WalkPage> {
        check_path(path)?;
        check_page(options)?;
        let mount = self.mount(mount)?;
        let root = mount.open(Right::Read)?;
        online_page(&mount, mount.place(&root, path), options)
    }

    /// The first pages of many walks, in order. Right: read. Errors: as [`Mounts::walk`] for each; `Limit` for too many.
    pub fn walk_many(
        &self,
        mount: &str,
        paths: &[String],
        options: &WalkOptions,
    ) -> FilesResult<Vec<FilesResult<WalkPage>>> {
        let limit = u64::from(MAX_WALKS);
        if paths.len() as u64 > limit {
            return Err(FilesError::Limit { what: "walks in one call", limit });
        }
        let limit = u64::from(MAX_WALKS_ENTRIES);
        if paths.len() as u64 * u64::from(options.max_entries) > limit {
            return Err(FilesError::Limit { what: "entries of the walks of one call", limit });
        }
        check_page(options)?;
        let mount = self.mount(mount)?;
        let root = mount.open(Right::Read)?;
        let walk = |path: &String| {
            check_path(path)?;
            online_page(&mount, mount.place(&root, path), options)
        };
        Ok(paths.iter().map(walk).collect())
    }
}

fn check_page(options: &WalkOptions) -> FilesResult<()> {
    if (1..=MAX_WALK_ENTRIES).contains(&options.max_entries) {
        Ok(())
    } else {
        Err(FilesError::Limit { what: "a page of a walk", limit: u64::from(MAX_WALK_ENTRIES) })
    }
}

/// One page of a walk. Storage that went away half way must not look like an empty tree.
fn online_page(mount: &Mount, place: Place<'_>, options: &WalkOptions) -> FilesResult<WalkPage> {
    let page = walk_page(place, options)?;
    if page.folders.iter().any(|record| record.fault.is_some()) {
        mount.online()?;
    }
    Ok(page)
}

/// One page of the walk that starts at `place`.
pub(crate) fn walk_page(place: Place<'_>, options: &WalkOptions) -> FilesResult<WalkPage> {
    let mut pending = start(place, options)?;
    let mut folders: Vec<FolderRecord> = Vec::new();
    let mut left = options.max_entries;
    while left > 0
        && let Some((path, depth)) = pending.pop()
    {
        let place = place.at(&path);
        // Without its start there is no walk.
        let record = if depth == 0 { list_folder(place, options)? } else { record(place, options) };
        push_children(&mut pending, &record, depth, options);
        let used = u32::try_from(record.entries.len()).unwrap_or(u32::MAX).saturating_add(1);
        left = left.saturating_sub(used);
        folders.push(record);
    }
    let last = folders.last().map(|last| last.path.clone());
    Ok(WalkPage { folders, next: last.filter(|_| !pending.is_empty()) })
}

/// Folders still to visit, the next one last, each with its depth below the start.
type Pending = Vec<(String, u32)>;

/// What is to visit at the start, or after the cursor: the cursor's own folders, then the later siblings on each
/// level above it.
fn start(place: Place<'_>, options: &WalkOptions) -> FilesResult<Pending> {
    let Some(cursor) = options.cursor.as_deref() else {
        return Ok(vec![(place.path.to_owned(), 0)]);
    };
    place.open_folder(Links::Beneath)?;
    check_path(cursor)?;
    if !is_within(cursor, place.path) {
        return Err(FilesError::Invalid("the cursor of the walk belongs to another folder".to_owned()));
    }
    let mut pending = Pending::new();
    let mut folder = place.path.to_owned();
    let below = cursor[place.path.len()..].trim_start_matches('/');
    let mut depth = 0;
    for name in below.split('/').filter(|name| !name.is_empty()) {
        // A level that vanished since the last page has no later siblings.
        let later = folder_names(place.at(&folder)).unwrap_or_default();
        push_sorted(&mut pending, &folder, later.iter().filter(|other| other.as_str() > name), depth + 1, options);
        folder = join(&folder, name);
        depth += 1;
    }
    let names = folder_names(place.at(&folder)).unwrap_or_default();
    push_sorted(&mut pending, &folder, names.iter(), depth + 1, options);
    Ok(pending)
}

/// Names of the folders in a folder, sorted.
fn folder_names(place: Place<'_>) -> FilesResult<Vec<String>> {
    let fd = place.open_folder(Links::Beneath)?;
    let mut names = Vec::new();
    each_name(place, &fd, |name, kind| names.push((name.to_owned(), kind)))?;
    names.retain(|(name, kind)| match kind {
        rustix::fs::FileType::Directory => true,
        rustix::fs::FileType::Unknown => {
            matches!(stat_entry(place, &fd, name), Ok(Some((stat, false))) if stat.kind == FileKind::Folder)
        }
        _ => false,
    });
    let mut names: Vec<String> = names.into_iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    Ok(names)
}

fn push_children(pending: &mut Pending, record: &FolderRecord, depth: u32, options: &WalkOptions) {
    let children = record.entries.iter().filter(|entry| entry.stat.kind == FileKind::Folder && !entry.is_link);
    push_sorted(pending, &record.path, children.map(|entry| &entry.name), depth + 1, options);
}

/// Pushes sorted names so that the first one is popped first.
fn push_sorted<'a>(
    pending: &mut Pending,
    folder: &str,
    names: impl DoubleEndedIterator<Item = &'a String>,
    depth: u32,
    options: &WalkOptions,
) {
    if depth <= options.max_depth {
        pending.extend(names.rev().map(|name| (join(folder, name), depth)));
    }
}

/// Lists one folder; what goes wrong is part of the record.
fn record(place: Place<'_>, options: &WalkOptions) -> FolderRecord {
    list_folder(place, options)
        .unwrap_or_else(|error| FolderRecord { fault: Some(Fault::from(&error)), ..empty(place) })
}

fn empty(place: Place<'_>) -> FolderRecord {
    FolderRecord {
        path: place.path.to_owned(),
        modified_ms: 0,
        entries: Vec::new(),
        skipped_names: 0,
        skipped_name: None,
        fault: None,
    }
}

fn list_folder(place: Place<'_>, options: &WalkOptions) -> FilesResult<FolderRecord> {
    let mut record = empty(place);
    if place.path.split('/').count() > MAX_DEPTH {
        return Err(FilesError::Limit { what: "the depth of folders", limit: 128 });
    }
    let folder = place.open_folder(Links::Beneath)?;
    record.modified_ms = FileStat::of(&fstat(&folder).map_err(|errno| place.error(errno))?).modified_ms;
    let mut names = Vec::new();
    let patterns: Vec<String> = options.names.iter().map(|one| one.to_ascii_lowercase()).collect();
    let matches = |name: String| patterns.iter().any(|one| pattern::matches(one, &name));
    let wanted = |name: &str| patterns.is_empty() || matches(name.to_ascii_lowercase());
    let skipped = each_name(place, &folder, |name, kind| {
        // Most files are not asked for, and looking at one costs more than its name.
        if kind != rustix::fs::FileType::RegularFile || wanted(name) {
            names.push(name.to_owned());
        }
    })?;
    (record.skipped_names, record.skipped_name) = (skipped.count, skipped.first);
    names.sort_unstable();
    for name in names {
        let Some((stat, is_link)) = stat_entry(place, &folder, &name)? else {
            continue;
        };
        if stat.kind == FileKind::Folder || wanted(&name) {
            record.entries.push(Entry { name, stat, is_link });
        }
    }
    Ok(record)
}

/// All files and folders below a folder in one list, for operations. Shape: folders first to last as walked.
/// Errors: `Limit` for more than `max_entries`, and any fault of a folder.
pub(crate) fn whole_tree(
    mounts: &Mounts,
    mount: &str,
    path: &str,
    max_entries: usize,
) -> FilesResult<Vec<FolderRecord>> {
    let mut options = WalkOptions::default();
    let mut all: Vec<FolderRecord> = Vec::new();
    let mut seen = HashSet::new();
    let mut count = 0;
    loop {
        let page = mounts.walk(mount, path, &options)?;
        for record in page.folders {
            if let Some(fault) = &record.fault {
                return Err(FilesError::Invalid(format!("folder `{}`: {}", record.path, fault.message)));
            }
            count += record.entries.len() + 1;
            if seen.insert(record.path.clone()) {
                all.push(record);
            }
        }
        if count > max_entries {
            return Err(FilesError::Limit { what: "the entries of one copied tree", limit: 1_000_000 });
        }
        match page.next {
            Some(next) => options.cursor = Some(next),
            None => return Ok(all),
        }
    }
}
