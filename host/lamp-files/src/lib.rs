//! Files on mounts: the one place where a path that came from a plugin meets the disk.
//!
//! A mount is a folder an admin named and gave rights to. Every path is relative to a mount and is resolved by the
//! kernel (`openat2`, beneath the root, no magic links), so that neither `..` nor a link nor a race leads outside.
//! [`Mounts`] has the short verbs, [`hash`], [`copy`] and [`trash`] carry out long operations, [`Watcher`] reports changes.
//! This crate knows nothing of plugins, grants or what the files mean.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod copy;
mod error;
mod files;
pub mod hash;
mod list;
mod mount;
mod operation;
mod path;
mod read;
mod resolve;
pub mod trash;
mod walk;
mod watch;
mod write;

#[cfg(test)]
mod tests;

pub use error::FilesError;
pub use files::{Files, FilesLimits};
pub use list::{Entry, ListPage, MAX_FOLDER_ENTRIES, MAX_LIST_PAGE};
pub use mount::{
    DiskSpace, HardLinks, MountConfig, MountInfo, MountStatus, Mounts, Right, RootIdentity, check_name, check_root,
    parse_rights,
};
pub use operation::{Control, Fault, Meter, Pace, Stamp};
pub use path::check_path;
pub use read::{MAX_BATCH_BYTES, MAX_BATCH_READS, MAX_READ_BYTES, ReadBytes, ReadRequest, ServedFile};
pub use resolve::{FileKind, FileStat};
pub use walk::{FolderRecord, MAX_WALK_ENTRIES, WalkOptions, WalkPage};
pub use watch::{MountChange, WatchOptions, Watcher};
pub use write::MAX_WRITE_BYTES;

/// Result of this crate's functions.
pub type FilesResult<T> = Result<T, FilesError>;
