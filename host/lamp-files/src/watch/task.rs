//! The thread that watches one mount: waits for its storage, gathers changes, tells them.

use super::pending::Pending;
use super::poll::Poll;
use super::tree::{Signal, Tree};
use super::{MountChange, WatchOptions, millis};
use crate::FilesResult;
use crate::mount::{MountStatus, OpenRoot, Root};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

/// How often events are fetched.
const TICK: Duration = Duration::from_millis(200);

/// File systems whose other users change files without the kernel here hearing of it (`statfs`, linux/magic.h):
/// NFS, SMB (two versions), CIFS, FUSE, 9p, Ceph, AFS.
const REMOTE: [u64; 8] = [0x6969, 0x517b, 0xfe53_4d42, 0xff53_4d42, 0x6573_5546, 0x0102_1997, 0x00c3_6400, 0x5346_414f];

/// Why watching a root ended.
enum End {
    /// The watcher is gone or wants no more of this mount.
    Stopped,
    /// The storage went away or came back as another descriptor.
    RootChanged,
    /// Watches have to be set anew.
    Rebuild,
}

pub(super) struct Task {
    mount: String,
    root: Arc<Root>,
    options: WatchOptions,
    sender: Sender<MountChange>,
    stop: Receiver<()>,
    told: Option<MountStatus>,
    /// Looks instead of watches, since watches ran out.
    poll: bool,
}

/// Where changes come from.
enum Source<'a> {
    Tree(Box<Tree<'a>>),
    Poll(Poll),
}

impl Task {
    pub fn new(
        mount: String,
        root: Arc<Root>,
        options: WatchOptions,
        sender: Sender<MountChange>,
        stop: Receiver<()>,
    ) -> Self {
        Self { mount, root, options, sender, stop, told: None, poll: options.always_poll }
    }

    /// Runs until the watcher lets go of it.
    pub fn run(mut self) {
        loop {
            let wait = match self.root.open() {
                Ok(root) => match self.watch(&root) {
                    Ok(End::Stopped) => return,
                    Ok(End::RootChanged | End::Rebuild) => Duration::ZERO,
                    Err(error) => {
                        tracing::warn!(mount = self.mount, %error, "the mount cannot be watched now");
                        millis(self.options.check_ms)
                    }
                },
                Err(reason) => {
                    self.tell_offline(reason);
                    millis(self.options.check_ms)
                }
            };
            if self.stopped_within(wait) {
                return;
            }
        }
    }

    /// Watches an online root until something about it changes.
    fn watch(&mut self, root: &Arc<OpenRoot>) -> FilesResult<End> {
        let name = self.mount.clone();
        let mut source = self.source(&name, root)?;
        let mut pending = Pending::default();
        if !self.tell(Vec::new(), true) {
            pending.overflow(Instant::now());
        }
        let mut checked = Instant::now();
        loop {
            if self.stopped_within(TICK) {
                return Ok(End::Stopped);
            }
            let signal = self.gather(&name, root, &mut source, &mut pending);
            if signal == Signal::Rebuild {
                return Ok(End::Rebuild);
            }
            let due = pending.due(Instant::now(), &self.options);
            let check = due || signal == Signal::CheckRoot || checked.elapsed() >= millis(self.options.check_ms);
            if check {
                checked = Instant::now();
                // Changes seen on storage that went away are not told: they may be the going away itself.
                if !self.root.open().is_ok_and(|now| Arc::ptr_eq(&now, root)) {
                    return Ok(End::RootChanged);
                }
            }
            if due {
                let (folders, overflow) = pending.content();
                if self.tell(folders, overflow) {
                    pending = Pending::default();
                }
            }
        }
    }

    /// Adds to `pending` what the source has to tell.
    fn gather(&mut self, name: &str, root: &OpenRoot, source: &mut Source<'_>, pending: &mut Pending) -> Signal {
        match source {
            Source::Poll(poll) => {
                poll.collect(name, root, millis(self.options.poll_ms), pending);
                Signal::None
            }
            Source::Tree(tree) => tree.collect(pending).unwrap_or_else(|error| self.give_up_watches(&error)),
        }
    }

    fn source<'a>(&mut self, name: &'a str, root: &'a OpenRoot) -> FilesResult<Source<'a>> {
        if !self.poll && !REMOTE.contains(&root.filesystem_type) {
            match Tree::new(name, root) {
                Ok(tree) => return Ok(Source::Tree(Box::new(tree))),
                Err(error) => {
                    self.give_up_watches(&error);
                }
            }
        }
        Ok(Source::Poll(Poll::new(name, root, millis(self.options.poll_ms))?))
    }

    /// From now on the mount is looked through.
    fn give_up_watches(&mut self, error: &crate::FilesError) -> Signal {
        tracing::warn!(mount = self.mount, %error, "the mount is looked through now and then instead of watched");
        self.poll = true;
        Signal::Rebuild
    }

    /// Sends a report of an online mount. False when the receiver is behind; the changes are then told later.
    fn tell(&mut self, folders: Vec<String>, overflow: bool) -> bool {
        self.told = Some(MountStatus::Online);
        let change = MountChange { mount: self.mount.clone(), folders, overflow, status: MountStatus::Online };
        !matches!(self.sender.try_send(change), Err(TrySendError::Full(_)))
    }

    /// Sends that the mount is offline, once for each reason.
    fn tell_offline(&mut self, reason: String) {
        let status = MountStatus::Offline(reason);
        if self.told.as_ref() == Some(&status) {
            return;
        }
        let change =
            MountChange { mount: self.mount.clone(), folders: Vec::new(), overflow: false, status: status.clone() };
        if self.sender.try_send(change).is_ok() {
            self.told = Some(status);
        }
    }

    /// Waits; true when the task is to end.
    fn stopped_within(&self, time: Duration) -> bool {
        !matches!(self.stop.recv_timeout(time), Err(RecvTimeoutError::Timeout))
    }
}
