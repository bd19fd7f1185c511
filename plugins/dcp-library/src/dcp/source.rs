//! What the reader needs of a package folder. The caller supplies it; the reader does no I/O.

use thiserror::Error;

/// One regular file below the package root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEntry {
    /// Path relative to the package root, segments joined by `/`, as the storage spells it.
    pub path: String,
    /// Length in bytes.
    pub size_bytes: u64,
    /// Last modification, Unix milliseconds.
    pub modified_ms: i64,
}

/// Why the caller could not list or read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SourceError {
    /// The file or folder is not there (any more).
    #[error("it is not there")]
    NotFound,
    /// The caller has no right to it.
    #[error("access was refused: {0}")]
    Denied(String),
    /// The storage failed.
    #[error("the storage reported: {0}")]
    Storage(String),
}

/// A package folder as the caller sees it.
pub trait PackageSource {
    /// Name of the package folder, shown as `package_name`.
    fn name(&self) -> &str;

    /// Every regular file below the root, at any depth, in any order. Links are not followed.
    ///
    /// # Errors
    /// Any [`SourceError`]; the package is then listed as unreadable.
    fn list(&self) -> Result<Vec<FileEntry>, SourceError>;

    /// Up to `max_len` bytes of the listed file `path` from byte `offset`. Fewer bytes may come
    /// back; none means the end of the file. The reader only ever asks for listed paths.
    ///
    /// # Errors
    /// Any [`SourceError`]; it becomes a finding about that file.
    fn read(&self, path: &str, offset: u64, max_len: usize) -> Result<Vec<u8>, SourceError>;
}
