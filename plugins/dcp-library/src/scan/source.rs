//! A package folder on a mount, for the reader. Documents are fetched ahead for many packages in one call.

use super::hint;
use crate::dcp::discover::{is_asset_map, is_volume_index};
use crate::dcp::mxf::FIRST_READ_BYTES;
use crate::dcp::source::{FileEntry, PackageSource, SourceError};
use lamphouse_plugin::files::{self, Entry, Range};
use lamphouse_plugin::{Error, host};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Documents up to this size are fetched ahead.
const AHEAD_BYTES: u64 = 256 * 1024;
/// Most that one call reads.
const MAX_READ: usize = 8 << 20;
/// Documents of packages that are fetched and read together.
const AHEAD_TOTAL_BYTES: u64 = 24 << 20;
const AHEAD_FILES: usize = 5_000;
/// Track headers of one call: what it may answer holds so many.
const AHEAD_TRACKS: usize = 1_900;

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

    /// Documents that are small enough to be fetched ahead.
    fn documents(&self) -> impl Iterator<Item = &(String, u64, i64)> {
        self.files.iter().filter(|(path, size, _)| is_document(path) && *size <= AHEAD_BYTES)
    }

    /// Whether a file is listed.
    pub fn has(&self, path: &str) -> bool {
        self.files.iter().any(|(have, _, _)| have == path)
    }

    /// Size in bytes and time of last change of a file.
    pub fn mark(&self, path: &str) -> Option<(i64, i64)> {
        let (_, size, modified) = self.files.iter().find(|(have, _, _)| have == path)?;
        Some((i64::try_from(*size).unwrap_or(i64::MAX), *modified))
    }

    /// The contents that are here of the root's documents.
    pub fn texts<'a>(&'a self, ahead: &'a Ahead) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        self.documents().filter_map(|(path, _, _)| Some((path.as_str(), ahead.get(path)?.as_slice())))
    }

    /// The same as long as no file's name, size or time changes.
    pub fn signature(&self) -> String {
        let mut files: Vec<&(String, u64, i64)> = self.files.iter().collect();
        files.sort_unstable_by_key(|file| &file.0);
        let mut text = Vec::with_capacity(files.len() * 96);
        for (path, size, modified) in files {
            text.extend_from_slice(path.as_bytes());
            text.push(0);
            text.extend_from_slice(&size.to_le_bytes());
            text.extend_from_slice(&modified.to_le_bytes());
        }
        Uuid::new_v5(&Uuid::NAMESPACE_OID, &text).to_string()
    }
}

/// Contents fetched ahead, by path in the mount.
pub type Ahead = HashMap<String, Vec<u8>>;

/// Parts of a batch whose documents are small enough to be fetched together.
pub fn groups(roots: &[RootFiles]) -> Vec<&[RootFiles]> {
    let mut groups = Vec::new();
    let (mut start, mut bytes, mut count) = (0, 0, 0);
    for (index, root) in roots.iter().enumerate() {
        let sizes = || root.documents().map(|(_, size, _)| *size);
        if index > start && (bytes + sizes().sum::<u64>() > AHEAD_TOTAL_BYTES || count + sizes().count() > AHEAD_FILES)
        {
            groups.extend(roots.get(start..index));
            (start, bytes, count) = (index, 0, 0);
        }
        bytes += sizes().sum::<u64>();
        count += sizes().count();
    }
    groups.extend(roots.get(start..).filter(|rest| !rest.is_empty()));
    groups
}

/// Fetches the documents of a group in one call and the headers of tracks that will be asked for in a second. A file
/// that cannot be read is left out: the reader asks again and gets the reason.
pub fn fetch_ahead(mount: &str, group: &[RootFiles]) -> Result<Ahead, Error> {
    let mut ahead = Ahead::new();
    let documents = group.iter().flat_map(RootFiles::documents).take(AHEAD_FILES);
    read_into(mount, documents.map(|(path, _, _)| range(path, AHEAD_BYTES)).collect(), &mut ahead)?;
    let tracks: BTreeSet<String> =
        group.iter().flat_map(|root| hint::tracks(root, &ahead)).take(AHEAD_TRACKS).collect();
    read_into(mount, tracks.iter().map(|path| range(path, FIRST_READ_BYTES as u64)).collect(), &mut ahead)?;
    Ok(ahead)
}

fn range(path: &str, length: u64) -> Range {
    Range { path: path.to_owned(), offset: 0, length: u32::try_from(length).unwrap_or(u32::MAX) }
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
        // The first bytes of a track are not all of it: more is asked for from the file.
        let whole = |bytes: &&Vec<u8>| {
            offset == 0 && max_len <= bytes.len() || is_document(&path) || bytes.len() < FIRST_READ_BYTES
        };
        if let Some(bytes) = self.ahead.get(&path).filter(whole) {
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
