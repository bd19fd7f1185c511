//! Changing a mount: small files written whole, single things deleted, and the parts copying shares with them.
//! A file appears under its name only when it is complete and on the disk.

use crate::mount::{Mounts, Right};
use crate::path::{check_inner, join, split};
use crate::read::{hard_linked, length_of};
use crate::resolve::{Links, Place, is_file, is_folder, open};
use crate::trash::is_trash;
use crate::{FilesError, FilesResult};
use rustix::fd::OwnedFd;
use rustix::fs::{
    AtFlags, Mode, OFlags, RenameFlags, fsync, mkdirat, openat, renameat, renameat_with, statat, unlinkat,
};
use rustix::io::Errno;
use std::fs::File;
use std::io::Write;

/// Most bytes of one write.
pub const MAX_WRITE_BYTES: u64 = 8 * 1024 * 1024;
const TEMPORARY_PREFIX: &str = ".lamp-";
const TEMPORARY_SUFFIX: &str = ".partial";

/// Whether a name is kept by the host, and therefore never listed, walked or watched: unfinished files, and the trash.
pub(crate) fn is_kept(name: &str) -> bool {
    is_temporary(name) || is_trash(name)
}

/// Whether a name is one of our unfinished files.
fn is_temporary(name: &str) -> bool {
    name.starts_with(TEMPORARY_PREFIX) && name.ends_with(TEMPORARY_SUFFIX)
}

/// Whether a name is an unfinished file of one run of an operation.
pub(crate) fn is_temporary_of(name: &str, run: &str) -> bool {
    is_temporary(name) && name[TEMPORARY_PREFIX.len()..].starts_with(run)
}

impl Mounts {
    /// Writes a file whole (at most [`MAX_WRITE_BYTES`]), replacing what it held; folders on the way are made. After
    /// a crash either the old or the new content is there. Links are not followed. Right: write.
    /// Errors: `InvalidPath`, `WrongKind`, `Escapes`, `HardLinked`, `NoSpace`, `NotPermitted`, `Limit`, `Offline`.
    pub fn write_small(&self, mount: &str, path: &str, bytes: &[u8]) -> FilesResult<()> {
        check_target_name(path)?;
        if length_of(bytes) > MAX_WRITE_BYTES {
            return Err(FilesError::Limit { what: "the length of one write in bytes", limit: MAX_WRITE_BYTES });
        }
        let mount = self.mount(mount)?;
        let root = mount.open(Right::Write)?;
        let place = mount.place(&root, path);
        let parent = make_folders(place.at(split(path).0))?;
        check_replaceable(place, &parent, true)?;
        let mut temporary = Temporary::create(place, &parent, "w")?;
        temporary.file.write_all(bytes).map_err(|error| FilesError::at_io(place.mount, path, error))?;
        temporary.publish(true)
    }

    /// Deletes one file or one empty folder, never the root. A link is not followed and not deleted. Right: delete.
    /// Errors: `InvalidPath`, `NotFound`, `NotEmpty`, `WrongKind`, `Escapes`, `HardLinked`, `NotPermitted`, `Offline`.
    pub fn remove(&self, mount: &str, path: &str) -> FilesResult<()> {
        check_inner(path)?;
        let mount = self.mount(mount)?;
        let root = mount.open(Right::Delete)?;
        let place = mount.place(&root, path);
        let (folder, name) = split(path);
        let parent = place.at(folder).open_folder(Links::Never)?;
        let stat = statat(&parent, name, AtFlags::SYMLINK_NOFOLLOW).map_err(|errno| place.error(errno))?;
        let flags = if is_folder(&stat) {
            AtFlags::REMOVEDIR
        } else if !is_file(&stat) {
            return Err(place.wrong_kind("regular file"));
        } else if stat.st_nlink > 1 {
            return Err(hard_linked(place, &stat, "deleted"));
        } else {
            AtFlags::empty()
        };
        unlinkat(&parent, name, flags).map_err(|errno| place.error(errno))?;
        fsync(&parent).map_err(|errno| place.error(errno))
    }
}

/// Checks a path that is to be written: the host's own names are taken.
pub(crate) fn check_target_name(path: &str) -> FilesResult<()> {
    check_inner(path)?;
    if path.split('/').any(is_kept) {
        return Err(FilesError::InvalidPath {
            path: path.to_owned(),
            problem: "has a name kept for unfinished files and the trash; choose one that does not begin with `.lamp-`",
        });
    }
    Ok(())
}

/// Opens a folder for writing into it and makes it, with those above it, where it is missing. No link is followed.
pub(crate) fn make_folders(place: Place<'_>) -> FilesResult<OwnedFd> {
    match place.open_folder(Links::Never) {
        Err(FilesError::NotFound { .. }) => {}
        other => return other,
    }
    let mut folder = place.at("").open_folder(Links::Never)?;
    let mut path = String::new();
    for name in place.path.split('/') {
        path = join(&path, name);
        match mkdirat(&folder, name, Mode::from_raw_mode(0o755)) {
            Ok(()) => fsync(&folder).map_err(|errno| place.error(errno))?,
            Err(Errno::EXIST) => {}
            Err(errno) => return Err(place.error(errno)),
        }
        folder = open(place.root, &path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NONBLOCK, Links::Never)
            .map_err(|errno| place.error(errno))?;
    }
    Ok(folder)
}

/// Whether a finished file may take the name of `place` in its open folder.
pub(crate) fn check_replaceable(place: Place<'_>, parent: &OwnedFd, overwrite: bool) -> FilesResult<()> {
    let stat = match statat(parent, split(place.path).1, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => stat,
        Err(Errno::NOENT) => return Ok(()),
        Err(errno) => return Err(place.error(errno)),
    };
    if !overwrite {
        return Err(place.error(Errno::EXIST));
    }
    if !is_file(&stat) {
        return Err(place.wrong_kind("regular file"));
    }
    if stat.st_nlink > 1 {
        return Err(hard_linked(place, &stat, "replaced"));
    }
    Ok(())
}

/// An unfinished file beside its final name; deleted when it is dropped before it is published.
pub(crate) struct Temporary<'a> {
    /// Open for writing.
    pub file: File,
    place: Place<'a>,
    parent: &'a OwnedFd,
    name: String,
    published: bool,
}

impl<'a> Temporary<'a> {
    /// Makes one for `place` in its open folder; `run` marks whose it is.
    pub fn create(place: Place<'a>, parent: &'a OwnedFd, run: &str) -> FilesResult<Self> {
        let name = format!("{TEMPORARY_PREFIX}{run}-{:016x}{TEMPORARY_SUFFIX}", rand::random::<u64>());
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = openat(parent, &name, flags, Mode::from_raw_mode(0o644)).map_err(|errno| place.error(errno))?;
        Ok(Self { file: File::from(fd), place, parent, name, published: false })
    }

    /// Brings the file to the disk and then under its final name. Errors: `AlreadyExists` without `overwrite`.
    pub fn publish(mut self, overwrite: bool) -> FilesResult<()> {
        let fail = |errno| self.place.error(errno);
        fsync(&self.file).map_err(fail)?;
        check_replaceable(self.place, self.parent, overwrite)?;
        let (from, to) = (self.name.as_str(), split(self.place.path).1);
        if overwrite {
            renameat(self.parent, from, self.parent, to).map_err(fail)?;
        } else {
            match renameat_with(self.parent, from, self.parent, to, RenameFlags::NOREPLACE) {
                // File systems without that flag (NFS): the check above has just been made.
                Err(Errno::INVAL | Errno::NOSYS) => renameat(self.parent, from, self.parent, to).map_err(fail)?,
                other => other.map_err(fail)?,
            }
        }
        fsync(self.parent).map_err(fail)?;
        self.published = true;
        Ok(())
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        if !self.published
            && let Err(errno) = unlinkat(self.parent, &self.name, AtFlags::empty())
            && errno != Errno::NOENT
        {
            tracing::warn!(mount = self.place.mount, file = self.name, %errno, "an unfinished file could not be removed");
        }
    }
}
