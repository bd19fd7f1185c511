//! Hashing many files at once: several threads, one per core, resumable from file to file.

mod digest;
mod work;

use crate::mount::Mounts;
use crate::operation::{Control, Fault, Meter, Pace, Stamp};
use crate::{FilesError, FilesResult};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use work::{hash_file, planned_bytes, stamps};

/// Most files of one request.
const MAX_FILES: u64 = 100_000;
/// Most parts of one request.
const MAX_PARTS: u64 = 1_000_000;

/// Hash function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Algorithm {
    /// SHA-1 (FIPS 180-4), 40 hex digits; for formats that demand it.
    Sha1,
    /// SHA-256 (FIPS 180-4), 64 hex digits.
    Sha256,
    /// BLAKE3, 64 hex digits.
    Blake3,
}

/// A piece of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HashPart {
    /// Path in the mount.
    pub path: String,
    /// First byte.
    #[serde(default)]
    pub offset: u64,
    /// Bytes; to the end of the file when not given.
    #[serde(default)]
    pub length: Option<u64>,
}

/// One digest to compute: the parts, one after the other, as if they were one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HashFile {
    /// The caller's name for it, unique in the request.
    pub id: String,
    /// Mount; needs the right read.
    pub mount: String,
    /// At least one.
    pub parts: Vec<HashPart>,
}

/// What to hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HashRequest {
    /// Hash function.
    pub algorithm: Algorithm,
    /// At most 100,000 with 1,000,000 parts in all.
    pub files: Vec<HashFile>,
}

/// One digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HashedFile {
    /// The caller's name for it.
    pub id: String,
    /// The digest, lower-case hex; none with a fault.
    pub digest_hex: Option<String>,
    /// Bytes hashed.
    pub bytes: u64,
    /// Why there is no digest.
    pub error: Option<Fault>,
    /// Latest change among the parts' files, Unix milliseconds; none when they were not reached.
    pub modified_ms: Option<i64>,
    /// Time spent on it.
    pub duration_ms: u64,
}

/// All digests, in the order of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HashResult {
    /// One per file of the request.
    pub files: Vec<HashedFile>,
}

/// Resume data: finished digests with the state of their files, by which it is seen whether they still hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HashCheckpoint {
    /// Files without fault.
    pub done: Vec<HashDone>,
}

/// One finished digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HashDone {
    /// The digest.
    pub file: HashedFile,
    /// State of each part's file when it was read.
    pub stamps: Vec<Stamp>,
}

/// Hashes. A file that cannot be read or that changes meanwhile is a fault of its own; the others go on. Files of
/// `resume` are taken over when size and time of their parts are unchanged. Blocks; for a blocking thread.
/// Errors: `Invalid` and `Limit` for the request, `Cancelled` (the checkpoint then has what was finished).
pub fn run(
    mounts: &Mounts,
    request: &HashRequest,
    resume: Option<HashCheckpoint>,
    control: &Control<'_, HashCheckpoint>,
) -> FilesResult<HashResult> {
    check(request)?;
    let sizes: Vec<u64> = request.files.iter().map(|file| planned_bytes(mounts, file)).collect();
    let mut work = Work {
        mounts,
        request,
        control,
        meter: Meter::new(sizes.iter().fold(0, |sum: u64, size| sum.saturating_add(*size))),
        next: AtomicUsize::new(0),
        order: largest_first(&sizes),
        finished: Mutex::new(Finished::new(request.files.len())),
    };
    work.take_over(resume);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores.min(work.order.len()) {
            scope.spawn(|| work.run());
        }
    });
    let finished = work.finished.into_inner();
    (control.checkpoint)(&finished.checkpoint);
    (control.progress)(work.meter.state(None));
    if control.cancel.is_cancelled() {
        return Err(FilesError::Cancelled);
    }
    Ok(HashResult { files: finished.files.into_iter().flatten().collect() })
}

fn check(request: &HashRequest) -> FilesResult<()> {
    let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
    if count(request.files.len()) > MAX_FILES {
        return Err(FilesError::Limit { what: "the number of files of one hash request", limit: MAX_FILES });
    }
    if request.files.iter().map(|file| count(file.parts.len())).sum::<u64>() > MAX_PARTS {
        return Err(FilesError::Limit { what: "the number of parts of one hash request", limit: MAX_PARTS });
    }
    let mut ids = std::collections::HashSet::new();
    for file in &request.files {
        if file.parts.is_empty() {
            return Err(FilesError::Invalid(format!(
                "file `{}` of the hash request has no parts; give at least one",
                file.id
            )));
        }
        if !ids.insert(&file.id) {
            return Err(FilesError::Invalid(format!(
                "id `{}` is given twice in the hash request; ids are unique",
                file.id
            )));
        }
    }
    Ok(())
}

/// Places in the request, the largest file first, so that no thread is left alone with a big one at the end.
fn largest_first(sizes: &[u64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(sizes[*place]));
    order
}

/// What the threads share.
struct Work<'a> {
    mounts: &'a Mounts,
    request: &'a HashRequest,
    control: &'a Control<'a, HashCheckpoint>,
    meter: Meter,
    next: AtomicUsize,
    /// Places in the request that are to be hashed, in order of work.
    order: Vec<usize>,
    finished: Mutex<Finished>,
}

struct Finished {
    files: Vec<Option<HashedFile>>,
    checkpoint: HashCheckpoint,
    pace: Pace,
}

impl Finished {
    fn new(count: usize) -> Self {
        Self { files: vec![None; count], checkpoint: HashCheckpoint::default(), pace: Pace::new() }
    }
}

impl Work<'_> {
    /// Takes over the digests of an earlier run whose files are as they were.
    fn take_over(&mut self, resume: Option<HashCheckpoint>) {
        let done = resume.map(|checkpoint| checkpoint.done).unwrap_or_default();
        let mut known: HashMap<String, HashDone> = done.into_iter().map(|done| (done.file.id.clone(), done)).collect();
        let mut left = Vec::with_capacity(self.order.len());
        for place in std::mem::take(&mut self.order) {
            let file = &self.request.files[place];
            let done =
                known.remove(&file.id).filter(|done| stamps(self.mounts, file).is_ok_and(|now| now == done.stamps));
            match done {
                Some(done) => {
                    self.meter.add(done.file.bytes, &file.id, self.control.progress);
                    self.finish(place, done.file, done.stamps);
                }
                None => left.push(place),
            }
        }
        self.order = left;
    }

    /// Takes file after file until none is left.
    fn run(&self) {
        while !self.control.cancel.is_cancelled() {
            let Some(place) = self.order.get(self.next.fetch_add(1, Ordering::Relaxed)) else {
                return;
            };
            let Some(file) = self.request.files.get(*place) else {
                return;
            };
            let (hashed, stamps) = self.hash(file);
            if self.control.cancel.is_cancelled() && hashed.error.is_some() {
                return;
            }
            self.finish(*place, hashed, stamps);
        }
    }

    fn hash(&self, file: &HashFile) -> (HashedFile, Vec<Stamp>) {
        let step = |bytes: u64, path: &str| {
            self.meter.add(bytes, path, self.control.progress);
            if self.control.cancel.is_cancelled() { Err(FilesError::Cancelled) } else { Ok(()) }
        };
        hash_file(self.mounts, self.request.algorithm, file, &step)
    }

    fn finish(&self, place: usize, hashed: HashedFile, stamps: Vec<Stamp>) {
        let mut finished = self.finished.lock();
        if hashed.error.is_none() {
            finished.checkpoint.done.push(HashDone { file: hashed.clone(), stamps });
        }
        if let Some(slot) = finished.files.get_mut(place) {
            *slot = Some(hashed);
        }
        if finished.pace.due() {
            (self.control.checkpoint)(&finished.checkpoint);
        }
    }
}
