//! A folder with everything in it, looked through and deleted from open folder to open folder: no path is resolved twice,
//! no link followed, no other file system entered (not even one that is mounted from the same device).

use crate::list::MAX_FOLDER_ENTRIES;
use crate::path::{join, split};
use crate::read::hard_linked;
use crate::resolve::{Place, is_file, is_folder, modified_ns};
use crate::{FilesError, FilesResult};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawDir, ResolveFlags, Stat, openat2, statat, unlinkat};
use rustix::io::Errno;
use std::ffi::{CStr, CString};
use tokio_util::sync::CancellationToken;

/// Folders nested deeper are refused.
const MAX_DEPTH: u32 = 128;
/// Entries of a tree; more are refused.
const MAX_ENTRIES: u64 = 1_000_000;
/// Tries when the kernel says that a rename disturbed the lookup.
const MAX_TRIES: u32 = 64;
const FOLDER_BUFFER_BYTES: usize = 32 * 1024;

/// What a tree is made of; another one is another tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Survey {
    /// Everything but folders.
    pub files: u64,
    pub folders: u64,
    pub bytes: u64,
    /// Latest change of a file's content, nanoseconds since 1970.
    pub newest_ns: i64,
}

/// Whether a file may have names elsewhere.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum HardLinked {
    Refused,
    Allowed,
}

/// Opens the folder at `place`, which lies in the open folder `parent`. Errors: `OtherDevice` for one that something is
/// mounted on.
pub(super) fn open_inner(place: Place<'_>, parent: &OwnedFd) -> FilesResult<OwnedFd> {
    let name = CString::new(split(place.path).1).map_err(|_| place.error(Errno::INVAL))?;
    open_name(place, parent, &name)
}

fn open_name(place: Place<'_>, parent: &OwnedFd, name: &CStr) -> FilesResult<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let resolve =
        ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_XDEV;
    for _ in 0..MAX_TRIES {
        match openat2(parent, name, flags, Mode::empty(), resolve) {
            Ok(folder) => return Ok(folder),
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(Errno::XDEV) => return Err(place.other_device()),
            Err(errno) => return Err(place.error(errno)),
        }
    }
    Err(place.error(Errno::AGAIN))
}

/// Looks through a folder. Errors: `HardLinked` where that is refused, `OtherDevice`, `Limit`, `Cancelled`.
pub(super) fn survey(
    place: Place<'_>,
    parent: &OwnedFd,
    hard_links: HardLinked,
    cancel: &CancellationToken,
) -> FilesResult<Survey> {
    let mut found = Survey::default();
    let folder = open_inner(place, parent)?;
    each_below(place, &folder, 0, &mut |place, stat, _, _| {
        if cancel.is_cancelled() {
            return Err(FilesError::Cancelled);
        }
        if is_folder(stat) {
            found.folders += 1;
        } else {
            if hard_links == HardLinked::Refused && is_file(stat) && stat.st_nlink > 1 {
                return Err(hard_linked(place, stat, "deleted"));
            }
            found.files += 1;
            found.bytes = found.bytes.saturating_add(bytes_of(stat));
            found.newest_ns = found.newest_ns.max(modified_ns(stat));
        }
        if found.files + found.folders > MAX_ENTRIES {
            return Err(FilesError::Limit { what: "the entries of a folder in the trash", limit: MAX_ENTRIES });
        }
        Ok(())
    })?;
    Ok(found)
}

/// Deletes a folder with everything in it, what is inside first; `done` hears of the bytes of each file, and may end it.
pub(super) fn remove(place: Place<'_>, parent: &OwnedFd, done: &dyn Fn(u64) -> FilesResult<()>) -> FilesResult<()> {
    let folder = open_inner(place, parent)?;
    each_below(place, &folder, 0, &mut |place, stat, folder, name| {
        let flags = if is_folder(stat) { AtFlags::REMOVEDIR } else { AtFlags::empty() };
        gone(place, unlinkat(folder, name, flags))?;
        done(if is_folder(stat) { 0 } else { bytes_of(stat) })
    })?;
    gone(place, unlinkat(parent, split(place.path).1, AtFlags::REMOVEDIR))
}

/// What has vanished meanwhile is deleted as well.
fn gone(place: Place<'_>, removed: Result<(), Errno>) -> FilesResult<()> {
    match removed {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(Errno::BUSY) => Err(place.other_device()),
        Err(errno) => Err(place.error(errno)),
    }
}

fn bytes_of(stat: &Stat) -> u64 {
    if is_file(stat) { u64::try_from(stat.st_size).unwrap_or(0) } else { 0 }
}

/// Called with the place of an entry, what it is, the open folder that it lies in and its name there.
type Visit<'v> = &'v mut dyn FnMut(Place<'_>, &Stat, &OwnedFd, &CStr) -> FilesResult<()>;

/// Visits everything below an open folder, what is in a folder before the folder.
fn each_below(place: Place<'_>, folder: &OwnedFd, depth: u32, visit: Visit<'_>) -> FilesResult<()> {
    if depth >= MAX_DEPTH {
        return Err(FilesError::Limit { what: "the depth of folders", limit: u64::from(MAX_DEPTH) });
    }
    for name in names(place, folder)? {
        let path = join(place.path, &name.to_string_lossy());
        let inner = place.at(&path);
        let stat = match statat(folder, &name, AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT) {
            Ok(stat) => stat,
            Err(Errno::NOENT) => continue,
            Err(errno) => return Err(inner.error(errno)),
        };
        if FileType::from_raw_mode(stat.st_mode) == FileType::Directory {
            each_below(inner, &open_name(inner, folder, &name)?, depth + 1, visit)?;
        }
        visit(inner, &stat, folder, &name)?;
    }
    Ok(())
}

/// The names in a folder, whatever bytes they are made of, read before anything in it changes.
fn names(place: Place<'_>, folder: impl AsFd) -> FilesResult<Vec<CString>> {
    let mut buffer = Vec::with_capacity(FOLDER_BUFFER_BYTES);
    let mut entries = RawDir::new(folder, buffer.spare_capacity_mut());
    let mut names = Vec::new();
    while let Some(entry) = entries.next() {
        let entry = entry.map_err(|errno| place.error(errno))?;
        if !matches!(entry.file_name().to_bytes(), b"." | b"..") {
            names.push(entry.file_name().to_owned());
        }
        if names.len() as u64 > MAX_FOLDER_ENTRIES {
            return Err(FilesError::Limit { what: "the number of entries of one folder", limit: MAX_FOLDER_ENTRIES });
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::fs::{CWD, openat};

    #[test]
    fn what_is_mounted_is_not_entered() {
        let root = openat(CWD, "/", OFlags::PATH | OFlags::DIRECTORY, Mode::empty()).unwrap();
        let place = Place { root: root.as_fd(), mount: "m", path: "proc" };
        assert!(matches!(open_inner(place, &root), Err(FilesError::OtherDevice { .. })));
        let cancel = CancellationToken::new();
        let looked = survey(place, &root, HardLinked::Allowed, &cancel);
        assert!(matches!(looked, Err(FilesError::OtherDevice { .. })), "{looked:?}");
        assert!(open_inner(place.at("etc"), &root).is_ok(), "other folders are");
    }
}
