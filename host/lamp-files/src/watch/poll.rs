//! Looking through a mount and comparing with the last look, folder by folder.

use super::pending::Pending;
use crate::mount::OpenRoot;
use crate::resolve::Place;
use crate::walk::{FolderRecord, WalkOptions, walk_page};
use crate::{FilesError, FilesResult};
use rustix::fd::AsFd;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

/// Entries listed in one go.
const PAGE: u32 = 20_000;
/// A look takes at most this part of the time.
const REST_FACTOR: u32 = 10;

/// Digest of what each folder held at the last look. Names, sizes and times; 8 bytes a folder besides its path.
pub(super) struct Poll {
    seen: HashMap<String, u64>,
    next: Instant,
}

impl Poll {
    /// Looks for the first time.
    pub fn new(name: &str, root: &OpenRoot, interval: Duration) -> FilesResult<Self> {
        let started = Instant::now();
        let seen = look(name, root)?;
        Ok(Self { seen, next: next_look(started, interval) })
    }

    /// Looks again when it is time, and tells the differences. A look that meets a fault tells nothing.
    pub fn collect(&mut self, name: &str, root: &OpenRoot, interval: Duration, pending: &mut Pending) {
        let started = Instant::now();
        if started < self.next {
            return;
        }
        match look(name, root) {
            Ok(now) => {
                let changed =
                    now.iter().filter(|(path, digest)| self.seen.get(*path) != Some(digest)).map(|(path, _)| path);
                let gone = self.seen.keys().filter(|path| !now.contains_key(*path));
                for path in changed.chain(gone) {
                    pending.add(path, Instant::now());
                }
                self.seen = now;
            }
            Err(error) => {
                tracing::debug!(mount = name, %error, "a look through the mount was broken off")
            }
        }
        self.next = next_look(started, interval);
    }
}

fn next_look(started: Instant, interval: Duration) -> Instant {
    let took = started.elapsed();
    Instant::now() + interval.max(took.saturating_mul(REST_FACTOR))
}

fn look(name: &str, root: &OpenRoot) -> FilesResult<HashMap<String, u64>> {
    let place = Place { root: root.fd.as_fd(), mount: name, path: "" };
    let mut options = WalkOptions { max_entries: PAGE, ..WalkOptions::default() };
    let mut seen = HashMap::new();
    loop {
        let page = walk_page(place, &options)?;
        for record in page.folders {
            match record.fault {
                // Folders of storage that does not answer are not gone.
                Some(fault) if fault.code == "offline" => {
                    return Err(FilesError::Invalid(fault.message));
                }
                _ => seen.insert(record.path.clone(), digest(&record)),
            };
        }
        match page.next {
            Some(next) => options.cursor = Some(next),
            None => return Ok(seen),
        }
    }
}

fn digest(record: &FolderRecord) -> u64 {
    let mut hasher = DefaultHasher::new();
    for entry in &record.entries {
        entry.name.hash(&mut hasher);
        (entry.stat.inode, entry.stat.size_bytes, entry.is_link).hash(&mut hasher);
        // The time of a folder changes with its own entries, which are told for that folder.
        if entry.stat.kind != crate::FileKind::Folder {
            entry.stat.modified_ms.hash(&mut hasher);
        }
    }
    hasher.finish()
}
