//! Key delivery messages among the files of a library: in packages they come with the documents that are read anyway;
//! beside packages every XML file is looked into once, and again when its size or time changes.

use super::source::{Ahead, RootFiles};
use super::tree::{Look, is_in, join, list_many, skipped_below};
use crate::catalogue::{KdmFile, KdmFiles, split};
use crate::dcp::discover::is_skipped;
use crate::dcp::kdm::{self, Kdm};
use lamphouse_plugin::files::{self, Entry, FileStat, Kind, Range};
use lamphouse_plugin::{Error, log};
use std::collections::BTreeSet;

/// Bytes of files that are read in one call.
const READ_TOTAL_BYTES: u64 = 24 << 20;

/// What changed beside packages, as paths in the mount.
#[derive(Default)]
pub struct Changes {
    pub to_read: Vec<String>,
    pub lost: Vec<String>,
}

/// Looks for XML files in folders that are in no package, and compares them with those known.
pub fn changes(mount: &str, folders: &[String], known: &KdmFiles) -> Result<Changes, Error> {
    let mut changes = Changes::default();
    for folder in list_many(mount, folders, Look::Kdms)? {
        let known = known.get(&folder.path);
        let found: Vec<&Entry> = folder.entries.iter().filter(|entry| is_candidate(entry)).collect();
        let changed = |entry: &&&Entry| known.and_then(|files| files.get(&entry.name)) != Some(&mark(&entry.stat));
        changes.to_read.extend(found.iter().filter(changed).map(|entry| join(&folder.path, &entry.name)));
        let names: BTreeSet<&str> = found.iter().map(|entry| entry.name.as_str()).collect();
        let lost = known.into_iter().flatten().filter(|(name, _)| !names.contains(name.as_str()));
        changes.lost.extend(lost.map(|(name, _)| join(&folder.path, name)));
    }
    Ok(changes)
}

/// Known files in folders of which that holds.
pub fn files_in(known: &KdmFiles, is_so: impl Fn(&str) -> bool) -> Vec<String> {
    let of_folder = known.iter().filter(|(folder, _)| is_so(folder));
    of_folder.flat_map(|(folder, files)| files.keys().map(move |name| join(folder, name))).collect()
}

/// Whether a folder is neither a package nor in one.
pub fn is_beside(path: &str, is_root: impl Fn(&str) -> bool) -> bool {
    let mut at = path;
    loop {
        if is_root(at) {
            return false;
        }
        if at.is_empty() {
            return !skipped_below("", path);
        }
        at = split(at).0;
    }
}

fn is_candidate(entry: &Entry) -> bool {
    entry.stat.kind == Kind::File && !is_skipped(&entry.name)
}

fn mark(stat: &FileStat) -> (i64, i64) {
    (i64::try_from(stat.size_bytes).unwrap_or(i64::MAX), stat.modified)
}

/// What was found in files, and the paths of known files that are not there any more.
#[derive(Default)]
pub struct Looked {
    pub files: Vec<KdmFile>,
    pub lost: Vec<String>,
}

impl Looked {
    /// Takes in the messages of a package that was read; `known` are the files of its mount.
    pub fn add_package(&mut self, root: &RootFiles, ahead: &Ahead, known: &KdmFiles) {
        let from = self.files.len();
        for (path, bytes) in root.texts(ahead).filter(|(_, bytes)| kdm::is_message(bytes)) {
            let Some((size_bytes, modified)) = root.mark(path) else { continue };
            self.files.push(KdmFile { path: path.to_owned(), size_bytes, modified, kdm: read(path, bytes) });
        }
        let found: BTreeSet<&str> = self.files.iter().skip(from).map(|file| file.path.as_str()).collect();
        let mut lost = files_in(known, |folder| is_in(folder, &root.root));
        lost.retain(|path| !found.contains(path.as_str()));
        self.lost.append(&mut lost);
    }

    /// Looks into files beside packages. One that cannot be read now is left for another time.
    pub fn add_files(&mut self, mount: &str, paths: &[String]) -> Result<(), Error> {
        let mut present: Vec<(&String, FileStat)> = Vec::new();
        for (path, stat) in paths.iter().zip(files::stat_many(mount, paths)?) {
            match stat {
                Ok(stat) if stat.kind == Kind::File => present.push((path, stat)),
                Ok(_) | Err(Error::NotFound(_)) => self.lost.push(path.clone()),
                Err(error @ (Error::Denied(_) | Error::Unavailable(_))) => return Err(error),
                Err(_) => {}
            }
        }
        let mut rest = present.as_slice();
        while !rest.is_empty() {
            let (group, later) = rest.split_at(fitting(rest));
            self.add_group(mount, group)?;
            rest = later;
        }
        Ok(())
    }

    fn add_group(&mut self, mount: &str, group: &[(&String, FileStat)]) -> Result<(), Error> {
        let length = |stat: &FileStat| if is_too_large(stat) { 0 } else { stat.size_bytes };
        let range = |(path, stat): &(&String, FileStat)| Range {
            path: (*path).clone(),
            offset: 0,
            length: u32::try_from(length(stat)).unwrap_or_default(),
        };
        let ranges: Vec<Range> = group.iter().map(range).collect();
        for ((path, stat), bytes) in group.iter().zip(files::read_many(mount, &ranges)?) {
            let Ok(bytes) = bytes else { continue };
            let kdm = if kdm::is_message(&bytes) { read(path, &bytes) } else { None };
            let (size_bytes, modified) = mark(stat);
            self.files.push(KdmFile { path: (*path).clone(), size_bytes, modified, kdm });
        }
        Ok(())
    }
}

/// No message is as long.
fn is_too_large(stat: &FileStat) -> bool {
    stat.size_bytes > kdm::MAX_BYTES as u64
}

/// How many files from the first on are read in one call.
fn fitting(files: &[(&String, FileStat)]) -> usize {
    let mut bytes = 0_u64;
    let fits = |(_, stat): &&(&String, FileStat)| {
        bytes = bytes.saturating_add(if is_too_large(stat) { 0 } else { stat.size_bytes });
        bytes <= READ_TOTAL_BYTES
    };
    files.iter().take_while(fits).count().max(1)
}

fn read(path: &str, bytes: &[u8]) -> Option<Kdm> {
    let kdm = kdm::read(bytes);
    kdm.inspect_err(|error| {
        log::warn("a key message cannot be used", &[("path", path), ("why", &error.to_string())]);
    })
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_packages_are_told_from_those_beside() {
        let is_root = |path: &str| path == "shelf/Film";
        for (path, beside) in [
            ("", true),
            ("shelf", true),
            ("shelf/Film", false),
            ("shelf/Film/kdm", false),
            ("shelf/Film2", true),
            ("shelf/.Trash-1000/x", false),
        ] {
            assert_eq!(is_beside(path, is_root), beside, "{path}");
        }
        assert!(!is_beside("a", |path| path.is_empty()), "the mount itself may be a package");
    }

    #[test]
    fn groups_are_bounded_by_what_is_read_of_them() {
        let path = String::new();
        let file =
            |size_bytes: u64| (&path, FileStat { kind: Kind::File, size_bytes, modified: 0, identity: String::new() });
        assert_eq!(fitting(&[file(1), file(u64::MAX), file(2)]), 3, "too large ones are not read");
        assert_eq!(fitting(&vec![file(1 << 20); 30]), 24);
        assert_eq!(fitting(&[file(5)]), 1);
    }
}
