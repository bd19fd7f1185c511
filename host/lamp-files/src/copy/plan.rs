//! What a copy will do, made before the first byte: folders and files below the source, and what is left out.

use crate::mount::{Mount, Mounts, Right};
use crate::path::join;
use crate::resolve::{FileKind, FileStat};
use crate::walk::whole_tree;
use crate::{FilesError, FilesResult};

/// Most entries of one copied tree.
const MAX_TREE_ENTRIES: usize = 1_000_000;

/// One folder to make.
pub(super) struct PlannedFolder {
    /// Path below the source, empty for the source itself.
    pub below: String,
    pub modified_ms: i64,
}

/// One file to copy.
pub(super) struct PlannedFile {
    /// Path below the source, empty when the source is the file.
    pub below: String,
    pub size_bytes: u64,
}

pub(super) struct Plan {
    pub folders: Vec<PlannedFolder>,
    pub files: Vec<PlannedFile>,
    /// Sum of the files' sizes.
    pub bytes: u64,
    /// Source paths left out.
    pub skipped: Vec<String>,
    /// Names that are not UTF-8.
    pub skipped_names: u64,
}

impl Plan {
    /// Looks at the source. Errors: `NotFound`, `WrongKind`, `Limit`, a folder that cannot be listed.
    pub fn make(mounts: &Mounts, mount: &Mount, path: &str) -> FilesResult<Self> {
        let mut plan = Self { folders: Vec::new(), files: Vec::new(), bytes: 0, skipped: Vec::new(), skipped_names: 0 };
        let root = mount.open(Right::Read)?;
        let place = mount.place(&root, path);
        let stat = FileStat::of(&place.stat()?);
        match stat.kind {
            FileKind::File => plan.add_file(String::new(), stat.size_bytes)?,
            FileKind::Folder => plan.add_tree(mounts, place.mount, path)?,
            FileKind::Other => return Err(place.wrong_kind("regular file")),
        }
        Ok(plan)
    }

    fn add_tree(&mut self, mounts: &Mounts, mount: &str, path: &str) -> FilesResult<()> {
        for record in whole_tree(mounts, mount, path, MAX_TREE_ENTRIES)? {
            let below = record.path[path.len()..].trim_start_matches('/').to_owned();
            self.skipped_names += record.skipped_names;
            for entry in record.entries {
                match (entry.stat.kind, entry.is_link) {
                    (FileKind::File, _) => self.add_file(join(&below, &entry.name), entry.stat.size_bytes)?,
                    (FileKind::Folder, false) => {}
                    _ => self.skipped.push(join(&record.path, &entry.name)),
                }
            }
            self.folders.push(PlannedFolder { below, modified_ms: record.modified_ms });
        }
        Ok(())
    }

    fn add_file(&mut self, below: String, size_bytes: u64) -> FilesResult<()> {
        self.bytes = self
            .bytes
            .checked_add(size_bytes)
            .ok_or(FilesError::Limit { what: "the bytes of one copy", limit: u64::MAX })?;
        self.files.push(PlannedFile { below, size_bytes });
        Ok(())
    }
}
