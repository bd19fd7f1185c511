//! From a checked path to an open descriptor: the only callers of `openat2`.

use crate::path::join;
use crate::{FilesError, FilesResult};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{AtFlags, FileType, Mode, OFlags, ResolveFlags, Stat, fstat, openat2, statat};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

/// Tries when the kernel says that a rename disturbed the lookup (`EAGAIN` of openat2).
const MAX_TRIES: u32 = 64;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// Regular file.
    File,
    /// Folder.
    Folder,
    /// Anything that is never opened: pipe, device, socket, a link to nowhere or to outside the mount.
    Other,
}

/// Facts about one file or folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileStat {
    /// What it is.
    pub kind: FileKind,
    /// Length in bytes; 0 for folders and others.
    pub size_bytes: u64,
    /// Last change of its content, Unix milliseconds.
    pub modified_ms: i64,
    /// Device number of the file system.
    pub device: u64,
    /// Inode number.
    pub inode: u64,
    /// Number of names (hard links).
    pub links: u64,
}

impl FileStat {
    #[allow(clippy::useless_conversion, reason = "the width of st_nlink differs between processors")]
    pub(crate) fn of(stat: &Stat) -> Self {
        let kind = match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => FileKind::File,
            FileType::Directory => FileKind::Folder,
            _ => FileKind::Other,
        };
        let size = if kind == FileKind::File { stat.st_size } else { 0 };
        Self {
            kind,
            size_bytes: u64::try_from(size).unwrap_or(0),
            modified_ms: modified_ns(stat).div_euclid(1_000_000),
            device: stat.st_dev,
            inode: stat.st_ino,
            links: u64::from(stat.st_nlink),
        }
    }
}

/// Last change in nanoseconds since 1970, saturating.
pub(crate) fn modified_ns(stat: &Stat) -> i64 {
    stat.st_mtime.saturating_mul(1_000_000_000).saturating_add(i64::try_from(stat.st_mtime_nsec).unwrap_or(0))
}

/// How links on the way are treated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Links {
    /// Followed as long as they stay in the mount; for reading.
    Beneath,
    /// Refused; for writing, deleting and walking.
    Never,
}

/// Opens `path` beneath `root`. Errors: those of openat2, `XDEV` and `LOOP` when a link leads away.
pub(crate) fn open(root: BorrowedFd<'_>, path: &str, flags: OFlags, links: Links) -> Result<OwnedFd, Errno> {
    let resolve = match links {
        Links::Beneath => ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS,
        Links::Never => ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS | ResolveFlags::NO_SYMLINKS,
    };
    let name = if path.is_empty() { "." } else { path };
    for _ in 0..MAX_TRIES {
        match openat2(root, name, flags | OFlags::CLOEXEC, Mode::empty(), resolve) {
            Err(Errno::AGAIN | Errno::INTR) => {}
            other => return other,
        }
    }
    Err(Errno::AGAIN)
}

/// A place in a mount: root descriptor with the names that errors need.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub root: BorrowedFd<'a>,
    pub mount: &'a str,
    pub path: &'a str,
}

impl<'a> Place<'a> {
    /// The same mount, another path.
    pub fn at(self, path: &'a str) -> Self {
        Self { path, ..self }
    }

    /// The meaning of a system error here.
    pub fn error(self, errno: Errno) -> FilesError {
        FilesError::at(self.mount, self.path, errno)
    }

    /// Error for a thing of the wrong kind.
    pub fn wrong_kind(self, wanted: &'static str) -> FilesError {
        FilesError::WrongKind { mount: self.mount.to_owned(), path: self.path.to_owned(), wanted }
    }

    /// Error for a folder that another file system is mounted on.
    pub fn other_device(self) -> FilesError {
        FilesError::OtherDevice { mount: self.mount.to_owned(), path: self.path.to_owned() }
    }

    /// Error for a file that moved under our hands.
    pub fn changed(self) -> FilesError {
        FilesError::Changed { mount: self.mount.to_owned(), path: self.path.to_owned() }
    }

    /// Facts, without opening for reading.
    pub fn stat(self) -> FilesResult<Stat> {
        let fd = open(self.root, self.path, OFlags::PATH, Links::Beneath).map_err(|errno| self.error(errno))?;
        fstat(&fd).map_err(|errno| self.error(errno))
    }

    /// Opens a regular file for reading. It is looked at before it is opened, so that no pipe blocks and no device
    /// is touched; opened without blocking, in case it was swapped between; and looked at again.
    pub fn open_file(self) -> FilesResult<(OwnedFd, Stat)> {
        let before = self.stat()?;
        self.open_seen_file(&before, self.root, self.path, Links::Beneath)
    }

    /// As [`Self::open_file`], for a file directly in a folder that is open already; none for a link, which is followed
    /// from the root.
    fn open_file_in(self, folder: BorrowedFd<'_>, name: &str) -> FilesResult<Option<(OwnedFd, Stat)>> {
        let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT;
        let before = statat(folder, name, flags).map_err(|errno| self.error(errno))?;
        if FileType::from_raw_mode(before.st_mode) == FileType::Symlink {
            return Ok(None);
        }
        self.open_seen_file(&before, folder, name, Links::Never).map(Some)
    }

    /// Opens what was looked at before, as `path` beneath `folder`.
    fn open_seen_file(
        self,
        before: &Stat,
        folder: BorrowedFd<'_>,
        path: &str,
        links: Links,
    ) -> FilesResult<(OwnedFd, Stat)> {
        if !is_file(before) {
            return Err(self.wrong_kind("regular file"));
        }
        let fd = open(folder, path, OFlags::RDONLY | OFlags::NONBLOCK, links).map_err(|errno| self.error(errno))?;
        let after = fstat(&fd).map_err(|errno| self.error(errno))?;
        if !is_file(&after) {
            return Err(self.wrong_kind("regular file"));
        }
        Ok((fd, after))
    }

    /// Opens a folder for listing.
    pub fn open_folder(self, links: Links) -> FilesResult<OwnedFd> {
        open(self.root, self.path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NONBLOCK, links)
            .map_err(|errno| self.error(errno))
    }
}

/// Opens files one after the other. The folder of the last one stays open: files that are read together lie together,
/// and a name in an open folder is found at less than half the price of a path.
#[derive(Default)]
pub(crate) struct Opener {
    parent: String,
    folder: Option<OwnedFd>,
}

impl Opener {
    /// As [`Place::open_file`].
    pub fn open_file(&mut self, place: Place<'_>) -> FilesResult<(OwnedFd, Stat)> {
        let (parent, name) = place.path.rsplit_once('/').unwrap_or(("", place.path));
        if self.folder.is_none() || self.parent != parent {
            // What stands in the way of the folder is told when the file is opened by its path.
            self.folder = open(place.root, parent, OFlags::PATH | OFlags::DIRECTORY, Links::Beneath).ok();
            parent.clone_into(&mut self.parent);
        }
        let opened = match &self.folder {
            Some(folder) => place.open_file_in(folder.as_fd(), name)?,
            None => None,
        };
        opened.map_or_else(|| place.open_file(), Ok)
    }
}

/// Facts about `name` in an open folder whose path is `folder`, and whether the name is a link. A link is followed
/// beneath the root; one that leads nowhere or outside is of kind `Other`. None when the name has vanished.
pub(crate) fn stat_entry(place: Place<'_>, folder: impl AsFd, name: &str) -> FilesResult<Option<(FileStat, bool)>> {
    let stat = match statat(folder, name, AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT) {
        Ok(stat) => stat,
        Err(Errno::NOENT) => return Ok(None),
        Err(errno) => return Err(place.error(errno)),
    };
    if FileType::from_raw_mode(stat.st_mode) != FileType::Symlink {
        return Ok(Some((FileStat::of(&stat), false)));
    }
    let path = join(place.path, name);
    let target = place.at(&path).stat().ok();
    Ok(Some((FileStat::of(&target.unwrap_or(stat)), true)))
}

/// Whether it is a regular file.
pub(crate) fn is_file(stat: &Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile
}

/// Whether it is a folder.
pub(crate) fn is_folder(stat: &Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::Directory
}
