//! Watching mounts: which folders changed, told a moment after things are quiet. Where the kernel cannot tell (network
//! storage, too many folders) the mount is looked through now and then instead.
//!
//! The kernel's inotify is used directly: watches are set on folders opened beneath the root, so that no link leads
//! them elsewhere, and reading files makes no events, so that a scan cannot set off the next scan.

mod pending;
mod poll;
mod task;
mod tree;

use crate::mount::{MountStatus, Mounts, Root};
use crate::{FilesError, FilesResult};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Sender as StopSender, channel};
use std::time::Duration;
use task::Task;
use tokio::sync::mpsc::{Receiver, Sender};

/// Reports that may wait for the receiver; more are merged into later ones.
const QUEUE: usize = 64;

/// What a watched mount reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountChange {
    /// Mount name.
    pub mount: String,
    /// Folders (paths in the mount, empty for the root) in which an entry was made, removed, renamed or written to,
    /// sorted, without repeats. New folders are listed with all folders in them; removed ones are listed too.
    pub folders: Vec<String>,
    /// Anything may have changed: look through the whole mount. Sent when watching begins, when the mount comes back
    /// and when events were lost.
    pub overflow: bool,
    /// State of the mount. Going offline is a report of its own, without folders: offline files are not removed files.
    pub status: MountStatus,
}

/// Timing of a watcher, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct WatchOptions {
    /// Quiet time after the last event before a report.
    pub quiet_ms: u64,
    /// Longest delay of a report while events keep coming.
    pub max_delay_ms: u64,
    /// Interval of looking at the root of each mount.
    pub check_ms: u64,
    /// Interval of looking through mounts that cannot be watched; at least ten times as long as one look takes.
    pub poll_ms: u64,
    /// Look through all mounts instead of watching them.
    pub always_poll: bool,
}

impl Default for WatchOptions {
    fn default() -> Self {
        Self { quiet_ms: 1_000, max_delay_ms: 5_000, check_ms: 5_000, poll_ms: 60_000, always_poll: false }
    }
}

/// Watches all mounts that have the right watch, one thread each. Ends its threads when dropped.
pub struct Watcher {
    mounts: Arc<Mounts>,
    options: WatchOptions,
    sender: Sender<MountChange>,
    running: Mutex<BTreeMap<String, Running>>,
}

/// The thread of one mount; it ends when `_stop` is dropped.
struct Running {
    root: Arc<Root>,
    _stop: StopSender<()>,
}

impl Watcher {
    /// A watcher and where its reports arrive. Nothing is watched before [`Watcher::sync`].
    pub fn new(mounts: Arc<Mounts>, options: WatchOptions) -> (Self, Receiver<MountChange>) {
        let (sender, receiver) = tokio::sync::mpsc::channel(QUEUE);
        (Self { mounts, options, sender, running: Mutex::new(BTreeMap::new()) }, receiver)
    }

    /// Brings the watched mounts in line with the registry; call it after each [`Mounts::replace`]. Does not block on
    /// the disk. Errors: `Io` when no thread can be started.
    pub fn sync(&self) -> FilesResult<()> {
        let wanted = self.mounts.watched();
        let mut running = self.running.lock();
        running.retain(|name, run| {
            wanted.iter().any(|mount| mount.config.name == *name && Arc::ptr_eq(&mount.root, &run.root))
        });
        for mount in wanted {
            let name = mount.config.name.clone();
            if running.contains_key(&name) {
                continue;
            }
            let (stop, stopped) = channel();
            let task = Task::new(name.clone(), mount.root.clone(), self.options, self.sender.clone(), stopped);
            std::thread::Builder::new()
                .name(format!("watch-{name}"))
                .spawn(move || task.run())
                .map_err(|source| FilesError::Io { mount: name.clone(), path: String::new(), source })?;
            running.insert(name, Running { root: mount.root.clone(), _stop: stop });
        }
        Ok(())
    }
}

fn millis(ms: u64) -> Duration {
    Duration::from_millis(ms)
}
