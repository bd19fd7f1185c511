//! What long operations have in common: how they are stopped, how they tell progress, how faults are stored.

use crate::FilesError;
use crate::resolve::modified_ns;
use lamp_core::operation::OperationProgress;
use parking_lot::Mutex;
use rustix::fs::Stat;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// How often progress and checkpoints are handed out while work goes on.
const REPORT_EVERY: Duration = Duration::from_millis(500);

/// How the driver of an operation hears of it and stops it. The callbacks run on the operation's threads, at most
/// about twice a second, and once more at the end.
pub struct Control<'a, C> {
    /// Progress in bytes and the file being worked on.
    pub progress: &'a (dyn Fn(OperationProgress) + Sync),
    /// State to resume from; to be stored by the driver. Called at the end too, also after cancelling.
    pub checkpoint: &'a (dyn Fn(&C) + Sync),
    /// Ends the operation at the next block of data.
    pub cancel: &'a CancellationToken,
}

/// A stored fault of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Machine code ([`FilesError::code`]).
    pub code: String,
    /// The sentence for people.
    pub message: String,
}

impl From<&FilesError> for Fault {
    fn from(error: &FilesError) -> Self {
        Self { code: error.code().to_owned(), message: error.to_string() }
    }
}

/// State of a file by which a later run knows it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Length in bytes.
    pub size_bytes: u64,
    /// Last change, nanoseconds since 1970.
    pub modified_ns: i64,
}

impl Stamp {
    pub(crate) fn of(stat: &Stat) -> Self {
        Self { size_bytes: u64::try_from(stat.st_size).unwrap_or(0), modified_ns: modified_ns(stat) }
    }
}

/// Counts bytes from many threads and lets a report through now and then.
pub struct Meter {
    done: AtomicU64,
    total: u64,
    last: Mutex<Instant>,
}

impl Meter {
    /// Nothing done of `total` bytes.
    pub fn new(total: u64) -> Self {
        Self { done: AtomicU64::new(0), total, last: Mutex::new(Instant::now()) }
    }

    /// Adds bytes and reports when a report is due.
    pub fn add(&self, bytes: u64, current: &str, progress: &(dyn Fn(OperationProgress) + Sync)) {
        self.done.fetch_add(bytes, Ordering::Relaxed);
        let Some(mut last) = self.last.try_lock() else {
            return;
        };
        if last.elapsed() >= REPORT_EVERY {
            *last = Instant::now();
            progress(self.state(Some(current)));
        }
    }

    /// Progress now. `total` is never below `done`: a file may have grown since it was counted.
    pub fn state(&self, current: Option<&str>) -> OperationProgress {
        let done_bytes = self.done.load(Ordering::Relaxed);
        OperationProgress { done_bytes, total_bytes: self.total.max(done_bytes), current: current.map(str::to_owned) }
    }
}

/// Lets a checkpoint through now and then.
pub struct Pace(Instant);

impl Default for Pace {
    fn default() -> Self {
        Self::new()
    }
}

impl Pace {
    /// The first one is due after a while.
    pub fn new() -> Self {
        Self(Instant::now())
    }

    /// Whether one is due; then the next one is not for a while.
    pub fn due(&mut self) -> bool {
        let due = self.0.elapsed() >= REPORT_EVERY;
        if due {
            self.0 = Instant::now();
        }
        due
    }
}
