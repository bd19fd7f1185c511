//! The trash of a mount: a folder is renamed to a name kept for that, in the folder it lies in, so that it goes and comes
//! back whole, in one step and on its own file system. Nothing below such a name is ever listed, walked or watched.
//!
//! Each step can be carried out again after a crash: which names exist tells how far it came.

mod tree;

use crate::mount::{Mounts, Right};
use crate::operation::{Control, Meter};
use crate::path::{check_inner, join, split};
use crate::resolve::{Links, Place, is_folder};
use crate::write::check_target_name;
use crate::{FilesError, FilesResult};
use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, RenameFlags, Stat, fsync, renameat, renameat_with, statat};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use tree::{HardLinked, Survey, open_inner, remove, survey};

const PREFIX: &str = ".lamp-trash-";
/// Longest mark.
const MAX_MARK_BYTES: usize = 64;
/// `NAME_MAX` of Linux file systems.
const MAX_NAME_BYTES: usize = 255;

/// Whether a name is one that the trash keeps.
pub(crate) fn is_trash(name: &str) -> bool {
    name.starts_with(PREFIX)
}

/// What to put in the trash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrashRequest {
    /// Mount; needs the right delete.
    pub mount: String,
    /// A folder below the root.
    pub path: String,
    /// Part of the folder's name in the trash, 1 to 64 of `a-z`, `0-9` and hyphens: a folder that is there under the
    /// mark is taken for this one, so each needs a mark of its own.
    pub mark: String,
}

/// What went into the trash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trashed {
    /// Where it is now: a path in the mount.
    pub trash_path: String,
    /// Everything in it but folders.
    pub files: u64,
    /// Bytes of its files.
    pub bytes: u64,
}

/// What to take out of the trash again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreRequest {
    /// Mount; needs the right delete.
    pub mount: String,
    /// What [`put`] said.
    pub trash_path: String,
    /// Its name, in the folder it lies in.
    pub name: String,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// Where it is now: a path in the mount.
    pub path: String,
}

/// What to delete for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurgeRequest {
    /// Mount; needs the right delete.
    pub mount: String,
    /// What [`put`] said.
    pub trash_path: String,
}

/// What is gone. A run that goes on after another tells of what it found itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purged {
    /// Everything that was in it but folders.
    pub files: u64,
    /// Bytes of its files.
    pub bytes: u64,
}

/// Checks a mark. Errors: `Invalid`.
pub fn check_mark(mark: &str) -> FilesResult<()> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if (1..=MAX_MARK_BYTES).contains(&mark.len()) && mark.chars().all(allowed) {
        return Ok(());
    }
    Err(FilesError::Invalid("the mark of a folder in the trash is 1 to 64 of a-z, 0-9 and hyphens".to_owned()))
}

/// Puts a folder in the trash. One whose files change meanwhile stays where it is. Blocks; for a blocking thread.
/// Errors: `WrongKind` for a file or link, `OtherDevice`, `HardLinked`, `Changed`, `NotFound`, `Limit`, `NotPermitted`,
/// `Cancelled`; then nothing has happened.
pub fn put(mounts: &Mounts, request: &TrashRequest, control: &Control<'_, ()>) -> FilesResult<Trashed> {
    check_mark(&request.mark)?;
    check_target_name(&request.path)?;
    let spot = Spot::open(mounts, &request.mount, &request.path)?;
    spot.within(|place, parent| {
        let (folder, name) = split(&request.path);
        let trash_path = join(folder, &trash_name(&request.mark, name));
        let trash = place.at(&trash_path);
        if folder_there(trash, parent)?.is_none() {
            move_in(place, trash, parent, control)?;
        }
        // Also when an earlier run renamed it: nobody saw whether the name had reached the disk.
        fsync(parent).map_err(|errno| trash.error(errno))?;
        let Survey { files, bytes, .. } = survey(trash, parent, HardLinked::Allowed, control.cancel)?;
        Ok(Trashed { trash_path: trash_path.clone(), files, bytes })
    })
}

/// Renames a folder, unless something in it forbids that or changes.
fn move_in(place: Place<'_>, trash: Place<'_>, parent: &OwnedFd, control: &Control<'_, ()>) -> FilesResult<()> {
    if folder_there(place, parent)?.is_none() {
        return Err(place.error(Errno::NOENT));
    }
    let before = survey(place, parent, HardLinked::Refused, control.cancel)?;
    rename_new(place, trash, parent)?;
    // From here on nobody finds it under its name: what differs now was written while it was looked at.
    let after = survey(trash, parent, HardLinked::Refused, control.cancel);
    if after.as_ref().is_ok_and(|after| *after == before) {
        return Ok(());
    }
    rename_new(trash, place, parent)?;
    fsync(parent).map_err(|errno| place.error(errno))?;
    after?;
    Err(place.changed())
}

/// Takes a folder out of the trash. One that lies under its name already, with nothing in the trash, counts as restored.
/// Errors: `AlreadyExists` when its name is taken, `NotFound` when it is nowhere, `NotPermitted`.
pub fn restore(mounts: &Mounts, request: &RestoreRequest) -> FilesResult<Restored> {
    check_trash_path(&request.trash_path)?;
    let path = join(split(&request.trash_path).0, &request.name);
    check_inner(&path)?;
    if request.name.contains('/') || is_trash(&request.name) {
        return Err(FilesError::Invalid("a folder comes back under a plain name, where it was".to_owned()));
    }
    let spot = Spot::open(mounts, &request.mount, &request.trash_path)?;
    spot.within(|trash, parent| {
        let target = trash.at(&path);
        match (folder_there(trash, parent)?, folder_there(target, parent)?) {
            (Some(_), _) => rename_new(trash, target, parent)?,
            (None, Some(_)) => {}
            (None, None) => return Err(trash.error(Errno::NOENT)),
        }
        fsync(parent).map_err(|errno| target.error(errno))?;
        Ok(Restored { path: path.clone() })
    })
}

/// Deletes a folder of the trash with everything in it, and nothing else: no link is followed, no other file system is
/// entered. One that is not there is gone already. Blocks; for a blocking thread.
/// Errors: `OtherDevice` before anything is deleted, `NotPermitted`, `Limit`, `Cancelled`.
pub fn purge(mounts: &Mounts, request: &PurgeRequest, control: &Control<'_, ()>) -> FilesResult<Purged> {
    check_trash_path(&request.trash_path)?;
    let spot = Spot::open(mounts, &request.mount, &request.trash_path)?;
    spot.within(|trash, parent| {
        if folder_there(trash, parent)?.is_none() {
            fsync(parent).map_err(|errno| trash.error(errno))?;
            return Ok(Purged::default());
        }
        let Survey { files, bytes, .. } = survey(trash, parent, HardLinked::Allowed, control.cancel)?;
        let meter = Meter::new(bytes);
        let done = |bytes: u64| {
            meter.add(bytes, trash.path, control.progress);
            if control.cancel.is_cancelled() { Err(FilesError::Cancelled) } else { Ok(()) }
        };
        remove(trash, parent, &done)?;
        fsync(parent).map_err(|errno| trash.error(errno))?;
        (control.progress)(meter.state(None));
        Ok(Purged { files, bytes })
    })
}

/// A place below the root of a mount that allows deleting.
struct Spot<'a> {
    mount: std::sync::Arc<crate::mount::Mount>,
    root: std::sync::Arc<crate::mount::OpenRoot>,
    path: &'a str,
}

impl<'a> Spot<'a> {
    fn open(mounts: &Mounts, mount: &str, path: &'a str) -> FilesResult<Self> {
        check_inner(path)?;
        let mount = mounts.mount(mount)?;
        let root = mount.open(Right::Delete)?;
        Ok(Self { mount, root, path })
    }

    /// Works with the open folder that it lies in; no link leads there.
    fn within<T>(&self, work: impl FnOnce(Place<'_>, &OwnedFd) -> FilesResult<T>) -> FilesResult<T> {
        let place = self.mount.place(&self.root, self.path);
        let parent = place.at(split(self.path).0).open_folder(Links::Never)?;
        work(place, &parent)
    }
}

/// Only what the trash keeps is taken out of it and deleted.
fn check_trash_path(path: &str) -> FilesResult<()> {
    check_inner(path)?;
    if is_trash(split(path).1) {
        return Ok(());
    }
    Err(FilesError::Invalid(format!("`{path}` is no folder in the trash; give the path that trashing it answered")))
}

/// The folder's own name stays readable for whoever looks at the disk; a long one is cut.
fn trash_name(mark: &str, name: &str) -> String {
    let mut text = format!("{PREFIX}{mark}-{name}");
    while text.len() > MAX_NAME_BYTES {
        text.pop();
    }
    text
}

/// What is at `place` in its open folder. Errors: `WrongKind` for all but a folder.
fn folder_there(place: Place<'_>, parent: &OwnedFd) -> FilesResult<Option<Stat>> {
    match statat(parent, split(place.path).1, AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT) {
        Ok(stat) if is_folder(&stat) => open_inner(place, parent).map(|_| Some(stat)),
        Ok(_) => Err(place.wrong_kind("folder")),
        Err(Errno::NOENT) => Ok(None),
        Err(errno) => Err(place.error(errno)),
    }
}

/// Renames within one folder, to a name that is free.
fn rename_new(from: Place<'_>, to: Place<'_>, parent: &OwnedFd) -> FilesResult<()> {
    let (old, new) = (split(from.path).1, split(to.path).1);
    match renameat_with(parent, old, parent, new, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(()),
        // File systems without that flag (NFS); an empty folder would be replaced, so it is looked for.
        Err(Errno::INVAL | Errno::NOSYS) if folder_there(to, parent)?.is_none() => {
            renameat(parent, old, parent, new).map_err(|errno| from.error(errno))
        }
        Err(Errno::INVAL | Errno::NOSYS | Errno::EXIST) => Err(to.error(Errno::EXIST)),
        Err(Errno::BUSY | Errno::XDEV) => Err(from.other_device()),
        Err(errno) => Err(from.error(errno)),
    }
}
