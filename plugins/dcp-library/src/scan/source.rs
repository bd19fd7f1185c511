//! A package folder on a mount, for the reader. Documents are fetched ahead for many packages in one call.

use crate::dcp::discover::{is_asset_map, is_volume_index};
use crate::dcp::source::{FileEntry, PackageSource, SourceError};
use lamphouse_plugin::files::{self, Entry, Range};
use lamphouse_plugin::{Error, host};
use std::collections::HashMap;
use uuid::Uuid;

/// Documents up to this size are fetched ahead.
const AHEAD_BYTES: u64 = 256 * 1024;
/// Bytes of track headers fetched ahead; what is further in is read when it is asked for.
const MAX_READ: usize = 8 << 20;
/// Fetched in one call.
const AHEAD_TOTAL_BYTES: u64 = 24 << 20;
const AHEAD_FILES: usize = 5_000;

/// The files of one package root; paths are in the mount.
pub struct RootFiles {
    /// Folder of the package in the mount, empty for the mount itself.
    pub root: String,
    files: Vec<(String, u64, i64)>,
}

impl RootFiles {
    pub fn new(root: &str) -> Self {
        Self { root: root.to_owned(), files: Vec::new() }
    }

    pub fn add(&mut self, path: String, entry: &Entry) {
        self.files.push((path, entry.stat.size_bytes, entry.stat.modified));
    }

    /// The same as long as no file's name, size or time changes.
    pub fn signature(&self) -> String {
        let mut text = String::new();
        let mut files: Vec<&(String, u64, i64)> = self.files.iter().collect();
        files.sort_unstable();
        for (path, size, modified) in files {
            text.push_str(&format!("{path}\0{size}\0{modified}\n"));
        }
        Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes()).to_string()
    }
}

/// Contents fetched ahead, by path in the mount.
pub type Ahead = HashMap<String, Vec<u8>>;

/// Fetches the documents of many packages in few calls. A file that cannot be read is left out: the reader asks again
/// and gets the reason.
pub fn fetch_ahead(mount: &str, roots: &[&RootFiles]) -> Result<Ahead, Error> {
    let mut ahead = Ahead::new();
    let mut ranges: Vec<Range> = Vec::new();
    let mut total = 0;
    for (path, size, _) in roots.iter().flat_map(|root| &root.files) {
        if !is_document(path) || *size > AHEAD_BYTES {
            continue;
        }
        if total + size > AHEAD_TOTAL_BYTES || ranges.len() >= AHEAD_FILES {
            read_into(mount, std::mem::take(&mut ranges), &mut ahead)?;
            total = 0;
        }
        total += size;
        ranges.push(Range { path: path.clone(), offset: 0, length: u32::try_from(AHEAD_BYTES).unwrap_or(u32::MAX) });
    }
    read_into(mount, ranges, &mut ahead)?;
    Ok(ahead)
}

fn is_document(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit('.').next().unwrap_or_default();
    ending.eq_ignore_ascii_case("xml") || is_asset_map(name) || is_volume_index(name)
}

fn read_into(mount: &str, ranges: Vec<Range>, ahead: &mut Ahead) -> Result<(), Error> {
    if ranges.is_empty() {
        return Ok(());
    }
    let answers = files::read_many(mount, &ranges)?;
    for (range, answer) in ranges.into_iter().zip(answers) {
        if let Ok(bytes) = answer {
            ahead.insert(range.path, bytes);
        }
    }
    Ok(())
}

/// One package folder.
pub struct MountedPackage<'a> {
    pub mount: &'a str,
    pub files: &'a RootFiles,
    pub ahead: &'a Ahead,
}

impl MountedPackage<'_> {
    fn in_mount(&self, path: &str) -> String {
        if self.files.root.is_empty() { path.to_owned() } else { format!("{}/{path}", self.files.root) }
    }
}

impl PackageSource for MountedPackage<'_> {
    fn name(&self) -> &str {
        let name = self.files.root.rsplit('/').next().unwrap_or_default();
        if name.is_empty() { self.mount } else { name }
    }

    fn list(&self) -> Result<Vec<FileEntry>, SourceError> {
        let skip = if self.files.root.is_empty() { 0 } else { self.files.root.len() + 1 };
        let entry = |(path, size_bytes, modified_ms): &(String, u64, i64)| FileEntry {
            path: path.get(skip..).unwrap_or_default().to_owned(),
            size_bytes: *size_bytes,
            modified_ms: *modified_ms,
        };
        Ok(self.files.files.iter().map(entry).collect())
    }

    fn read(&self, path: &str, offset: u64, max_len: usize) -> Result<Vec<u8>, SourceError> {
        let path = self.in_mount(path);
        if let Some(bytes) = self.ahead.get(&path) {
            let from = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
            let until = from.saturating_add(max_len).min(bytes.len());
            return Ok(bytes.get(from..until).unwrap_or_default().to_vec());
        }
        let length = u32::try_from(max_len.min(MAX_READ)).unwrap_or(u32::MAX);
        files::read_range(self.mount, &Range { path, offset, length }).map_err(|error| match error {
            Error::NotFound(_) => SourceError::NotFound,
            Error::Denied(text) => SourceError::Denied(text),
            other => SourceError::Storage(host::describe(&other)),
        })
    }
}
