//! What the fuzz targets share: a package folder in one run of bytes.
//!
//! Shape: one byte of choices, then files, each after [`MARK`]: its path, a line feed, its bytes. Every run of bytes is
//! some folder.

pub mod seeds;

use dcp_library::dcp::source::{FileEntry, PackageSource, SourceError};
use memchr::memmem;
use std::cell::Cell;
use std::collections::BTreeMap;

/// Stands before every file.
pub const MARK: &[u8] = b"\n\0FILE ";
/// The present time of a fuzzed folder, Unix milliseconds.
pub const NOW_MS: i64 = 1_700_000_000_000;
/// Most files of one folder.
const MAX_FILES: usize = 200;

/// A folder made of bytes.
pub struct Tree {
    files: BTreeMap<String, Vec<u8>>,
    /// First byte of the input: whether files are young, whether reads come in pieces.
    pub choices: u8,
    /// Whether a path was read that is not listed.
    pub read_outside: Cell<bool>,
}

impl Tree {
    /// Unpacks a folder; paths that no listing can hold are passed over.
    #[must_use]
    pub fn unpack(bytes: &[u8]) -> Self {
        let (choices, mut rest) = bytes.split_first().map_or((0, bytes), |(first, rest)| (*first, rest));
        let mut files = BTreeMap::new();
        while let Some(start) = memmem::find(rest, MARK).filter(|_| files.len() < MAX_FILES) {
            rest = &rest[start + MARK.len()..];
            let file = &rest[..memmem::find(rest, MARK).unwrap_or(rest.len())];
            let name_end = file.iter().position(|byte| *byte == b'\n').unwrap_or(file.len());
            let path = String::from_utf8_lossy(&file[..name_end]).into_owned();
            let listable = !path.split('/').any(|part| matches!(part, "" | "." | "..")) && !path.contains('\0');
            if listable {
                files.insert(path, file.get(name_end + 1..).unwrap_or_default().to_vec());
            }
        }
        Self { files, choices, read_outside: Cell::new(false) }
    }

    /// What lies in the files.
    pub fn contents(&self) -> impl Iterator<Item = &[u8]> {
        self.files.values().map(Vec::as_slice)
    }

    /// Packs files the way [`Self::unpack`] reads them.
    #[must_use]
    pub fn pack(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
        let mut bytes = vec![0];
        for (path, content) in files {
            bytes.extend_from_slice(MARK);
            bytes.extend_from_slice(path.as_bytes());
            bytes.push(b'\n');
            bytes.extend_from_slice(content);
        }
        bytes
    }
}

impl PackageSource for Tree {
    fn name(&self) -> &str {
        "Folder"
    }

    fn list(&self) -> Result<Vec<FileEntry>, SourceError> {
        let age_ms = if self.choices & 1 == 0 { 3_600_000 } else { 1000 };
        let entry = |(path, bytes): (&String, &Vec<u8>)| FileEntry {
            path: path.clone(),
            size_bytes: bytes.len() as u64,
            modified_ms: NOW_MS - age_ms,
        };
        Ok(self.files.iter().map(entry).collect())
    }

    fn read(&self, path: &str, offset: u64, max_len: usize) -> Result<Vec<u8>, SourceError> {
        let Some(bytes) = self.files.get(path) else {
            self.read_outside.set(true);
            return Err(SourceError::NotFound);
        };
        let most = if self.choices & 2 == 0 { max_len } else { max_len.min(100) };
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
        Ok(bytes[start..bytes.len().min(start.saturating_add(most))].to_vec())
    }
}
