//! The files of a torrent-to-be: found, checked and sorted, with their places in the string of all bytes.

use crate::metainfo::{check_component, check_paths, shown};
use crate::{MAX_DEPTH, MAX_FILES, MAX_TOTAL_BYTES, TorrentError, TorrentFile, TorrentResult};
use lamp_files::{Entry, FileKind, FileStat, FolderRecord, Mounts, WalkOptions};

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PayloadFile {
    /// Below the folder; empty for a single file.
    pub path: String,
    pub stat: FileStat,
    /// Where its bytes begin among all.
    pub start: u64,
}

impl PayloadFile {
    /// Where its bytes end among all.
    pub fn end(&self) -> u64 {
        self.start.saturating_add(self.stat.size_bytes)
    }

    /// Whether it is the same file in the same state. The number of its names does not matter.
    pub fn is_as(&self, stat: &FileStat) -> bool {
        *stat == FileStat { links: stat.links, ..self.stat.clone() }
    }
}

/// All files in the order of the torrent.
#[derive(Debug)]
pub(super) struct Payload {
    pub mount: String,
    /// The folder, or the single file.
    pub root: String,
    pub single_file: bool,
    pub files: Vec<PayloadFile>,
    /// Sum of all files; at least 1.
    pub total_bytes: u64,
}

impl Payload {
    /// Looks at a file or walks a folder. Errors: all that cannot be in a torrent, by name.
    pub fn find(mounts: &Mounts, mount: &str, root: &str) -> TorrentResult<Self> {
        let stat = mounts.stat(mount, root)?;
        let single_file = stat.kind == FileKind::File;
        let mut files = match stat.kind {
            FileKind::File => vec![PayloadFile { path: String::new(), stat, start: 0 }],
            FileKind::Folder => walk(mounts, mount, root)?,
            FileKind::Other => return Err(TorrentError::Special { path: shown(root) }),
        };
        files.sort_unstable_by(|left, right| left.path.as_bytes().cmp(right.path.as_bytes()));
        check_paths(files.iter().map(|file| file.path.as_str())).map_err(|problem| (root, problem))?;
        let total_bytes = place(&mut files)?;
        Ok(Self { mount: mount.to_owned(), root: root.to_owned(), single_file, files, total_bytes })
    }

    /// Path of a file in the mount.
    pub fn path_in_mount(&self, file: &PayloadFile) -> String {
        match (self.root.is_empty(), file.path.is_empty()) {
            (true, _) => file.path.clone(),
            (_, true) => self.root.clone(),
            _ => format!("{}/{}", self.root, file.path),
        }
    }

    /// A file's path as it is told to people: of a single file the path in the mount.
    pub fn shown_path<'a>(&'a self, file: &'a PayloadFile) -> &'a str {
        if self.single_file { &self.root } else { &file.path }
    }

    /// Place of the file that holds the byte at `offset`.
    pub fn file_at(&self, offset: u64) -> usize {
        self.files.partition_point(|file| file.end() <= offset)
    }

    /// Path of the file that holds the byte at `offset`.
    pub fn path_at(&self, offset: u64) -> &str {
        self.files.get(self.file_at(offset)).map_or("", |file| self.shown_path(file))
    }

    /// The first file that is new, gone, or not as it was.
    pub fn first_difference(&self, now: &Self) -> Option<String> {
        let mut pairs = self.files.iter().zip(&now.files);
        let differs = pairs.find(|(then, now)| then.path != now.path || !then.is_as(&now.stat));
        let differs = differs.map(|(then, now)| if now.path < then.path { now } else { then });
        let longer = if self.files.len() > now.files.len() { self } else { now };
        let further = longer.files.get(self.files.len().min(now.files.len()));
        differs.or(further).map(|file| self.shown_path(file).to_owned())
    }

    /// The files as the metainfo lists them.
    pub fn torrent_files(&self, name: &str) -> Vec<TorrentFile> {
        let path = |file: &PayloadFile| if self.single_file { name.to_owned() } else { file.path.clone() };
        let files = self.files.iter();
        files.map(|file| TorrentFile { path: path(file), size_bytes: file.stat.size_bytes, padding: false }).collect()
    }
}

fn walk(mounts: &Mounts, mount: &str, root: &str) -> TorrentResult<Vec<PayloadFile>> {
    let mut options = WalkOptions::default();
    let mut files = Vec::new();
    loop {
        let page = mounts.walk(mount, root, &options)?;
        for folder in &page.folders {
            let below = folder.path[root.len()..].trim_start_matches('/');
            take(&mut files, below, folder)?;
        }
        match page.next {
            Some(next) => options.cursor = Some(next),
            None => return Ok(files),
        }
    }
}

/// Takes the files of one folder, which lies at `below`.
fn take(files: &mut Vec<PayloadFile>, below: &str, folder: &FolderRecord) -> TorrentResult<()> {
    let at = |name: &str| if below.is_empty() { name.to_owned() } else { format!("{below}/{name}") };
    if let Some(fault) = &folder.fault {
        return Err(TorrentError::Invalid(format!("folder `{}`: {}", shown(below), fault.message)));
    }
    if let Some(name) = &folder.skipped_name {
        return Err(TorrentError::NotUtf8 { path: shown(&at(name)) });
    }
    if below.split('/').count() >= MAX_DEPTH {
        return Err(TorrentError::Invalid(format!("folder `{}` lies more than {MAX_DEPTH} deep", shown(below))));
    }
    for Entry { name, stat, is_link } in &folder.entries {
        let path = at(name);
        check_component(name.as_bytes()).map_err(|problem| (path.as_str(), problem))?;
        match stat.kind {
            _ if *is_link => return Err(TorrentError::Link { path }),
            FileKind::Other => return Err(TorrentError::Special { path }),
            FileKind::Folder => {}
            FileKind::File => files.push(PayloadFile { path, stat: stat.clone(), start: 0 }),
        }
    }
    if files.len() > MAX_FILES {
        return Err(TorrentError::Invalid(format!("the folder holds more than {MAX_FILES} files; pack them first")));
    }
    Ok(())
}

/// Gives each file its place. Shape: bytes in all. Errors: none, or too many.
fn place(files: &mut [PayloadFile]) -> TorrentResult<u64> {
    let mut start = 0_u64;
    for file in files {
        file.start = start;
        start = file.end();
        if start > MAX_TOTAL_BYTES {
            return Err(TorrentError::Invalid(format!("the folder holds more than {MAX_TOTAL_BYTES} bytes")));
        }
    }
    if start == 0 { Err(TorrentError::Empty) } else { Ok(start) }
}
