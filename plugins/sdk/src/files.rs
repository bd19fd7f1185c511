//! Mounts: folders an admin named. Rights: `read`, `write`, `delete`, `watch`.

pub use crate::bindings::lamphouse::files::files::{
    Entry, FileStat, Folder, Kind, Listing, Mount, Range, Space, WalkOptions, WalkPage, disk_space, list_folder,
    mounts, read_many, read_range, stat, stat_many, walk, walk_many, write_small,
};
pub use crate::bindings::lamphouse::files::operations::{
    Algorithm, Part, Place, Subject, copy, hash, purge, restore, trash,
};
