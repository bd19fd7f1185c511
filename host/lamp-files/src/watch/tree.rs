//! The kernel's watches on one tree of folders (inotify): one per folder, set and removed as folders come and go.

use super::pending::Pending;
use crate::list::each_name;
use crate::mount::OpenRoot;
use crate::path::join;
use crate::resolve::{FileKind, Links, Place, stat_entry};
use crate::write::is_kept;
use crate::{FilesError, FilesResult};
use rustix::fd::{AsFd, AsRawFd, OwnedFd};
use rustix::fs::FileType;
use rustix::fs::inotify::{CreateFlags, ReadFlags, Reader, WatchFlags, add_watch, init, remove_watch};
use rustix::io::Errno;
use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

/// Room for some hundred events.
const BUFFER_BYTES: usize = 64 * 1024;
/// Events handled before the caller gets its turn.
const MAX_EVENTS: usize = 65_536;

/// What the caller has to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// Nothing.
    None,
    /// Look whether the root is still there.
    CheckRoot,
    /// Set all watches anew: events were lost.
    Rebuild,
}

/// One event, free of the kernel's buffer.
struct Event {
    watch: i32,
    flags: ReadFlags,
    /// None for the folder itself and for names that are not UTF-8.
    name: Option<String>,
}

pub(super) struct Tree<'a> {
    inotify: OwnedFd,
    place: Place<'a>,
    paths: HashMap<i32, String>,
    watches: BTreeMap<String, i32>,
}

impl<'a> Tree<'a> {
    /// Watches everything below the root. Errors: `Limit` when the system has no more watches.
    pub fn new(mount: &'a str, root: &'a OpenRoot) -> FilesResult<Self> {
        let place = Place { root: root.fd.as_fd(), mount, path: "" };
        let inotify = init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).map_err(|_| no_watches_left())?;
        let mut tree = Self { inotify, place, paths: HashMap::new(), watches: BTreeMap::new() };
        tree.add_all("", &mut |_| {})?;
        Ok(tree)
    }

    /// Takes all events there are. Errors: `Limit` when the system has no more watches.
    pub fn collect(&mut self, pending: &mut Pending) -> FilesResult<Signal> {
        let now = Instant::now();
        let mut signal = Signal::None;
        for event in self.events()? {
            match self.handle(&event, pending, now)? {
                Signal::None => {}
                Signal::CheckRoot => signal = Signal::CheckRoot,
                Signal::Rebuild => return Ok(Signal::Rebuild),
            }
        }
        Ok(signal)
    }

    fn events(&self) -> FilesResult<Vec<Event>> {
        let mut buffer = Vec::with_capacity(BUFFER_BYTES);
        let mut reader = Reader::new(&self.inotify, buffer.spare_capacity_mut());
        let mut events = Vec::new();
        while events.len() < MAX_EVENTS {
            match reader.next() {
                Ok(event) => events.push(Event {
                    watch: event.wd(),
                    flags: event.events(),
                    name: event.file_name().and_then(|name| name.to_str().ok()).map(str::to_owned),
                }),
                Err(Errno::AGAIN) => break,
                Err(Errno::INTR) => {}
                Err(errno) => return Err(self.place.error(errno)),
            }
        }
        Ok(events)
    }

    fn handle(&mut self, event: &Event, pending: &mut Pending, now: Instant) -> FilesResult<Signal> {
        if event.flags.contains(ReadFlags::QUEUE_OVERFLOW) {
            return Ok(Signal::Rebuild);
        }
        let Some(folder) = self.paths.get(&event.watch).cloned() else {
            return Ok(Signal::None);
        };
        if event.flags.intersects(ReadFlags::IGNORED | ReadFlags::UNMOUNT) {
            self.forget(event.watch);
            return Ok(if folder.is_empty() { Signal::CheckRoot } else { Signal::None });
        }
        if event.name.as_deref().is_some_and(is_kept) {
            return Ok(Signal::None);
        }
        pending.add(&folder, now);
        if let Some(name) = event.name.as_deref().filter(|_| event.flags.contains(ReadFlags::ISDIR)) {
            self.folder_event(&join(&folder, name), event.flags, pending, now)?;
        }
        Ok(Signal::None)
    }

    /// A folder came or went.
    fn folder_event(&mut self, path: &str, flags: ReadFlags, pending: &mut Pending, now: Instant) -> FilesResult<()> {
        if flags.intersects(ReadFlags::DELETE | ReadFlags::MOVED_FROM) {
            self.remove_all(path);
            pending.add(path, now);
        }
        if flags.intersects(ReadFlags::CREATE | ReadFlags::MOVED_TO) {
            self.add_all(path, &mut |folder| pending.add(folder, now))?;
        }
        Ok(())
    }

    /// Watches a folder and all in it. Each is watched before it is listed, so that nothing falls in between.
    fn add_all(&mut self, path: &str, each: &mut dyn FnMut(&str)) -> FilesResult<()> {
        let mut stack = vec![path.to_owned()];
        while let Some(path) = stack.pop() {
            let place = self.place.at(&path);
            let folder = match place.open_folder(Links::Never) {
                Ok(folder) => folder,
                Err(error) if path.is_empty() => return Err(error),
                // Gone again, replaced by a link, or closed to us: its parent's events tell of that.
                Err(_) => continue,
            };
            self.add(&path, &folder)?;
            each(&path);
            let mut inner = Vec::new();
            let listed = each_name(place, &folder, |name, kind| match kind {
                FileType::Directory => inner.push(name.to_owned()),
                FileType::Unknown if is_real_folder(place, &folder, name) => inner.push(name.to_owned()),
                _ => {}
            });
            if let Err(error) = listed {
                tracing::debug!(mount = self.place.mount, path, %error, "a folder could not be listed for watching");
            }
            stack.extend(inner.iter().map(|name| join(&path, name)));
        }
        Ok(())
    }

    /// Watches one open folder, by its descriptor, so that the path is not resolved a second time.
    fn add(&mut self, path: &str, folder: &OwnedFd) -> FilesResult<()> {
        let kinds = WatchFlags::CREATE
            | WatchFlags::DELETE
            | WatchFlags::MOVED_FROM
            | WatchFlags::MOVED_TO
            | WatchFlags::CLOSE_WRITE
            | WatchFlags::ATTRIB;
        let flags = kinds | WatchFlags::ONLYDIR | WatchFlags::EXCL_UNLINK;
        let by_descriptor = format!("/proc/self/fd/{}", folder.as_raw_fd());
        let watch = match add_watch(&self.inotify, by_descriptor, flags) {
            Ok(watch) => watch,
            Err(Errno::NOSPC | Errno::NOMEM) => return Err(no_watches_left()),
            Err(errno) => return Err(self.place.error(errno)),
        };
        if let Some(old) = self.paths.insert(watch, path.to_owned())
            && old != path
        {
            self.watches.remove(&old);
        }
        self.watches.insert(path.to_owned(), watch);
        Ok(())
    }

    /// Ends the watches of a folder that was moved or removed, and of all in it.
    fn remove_all(&mut self, path: &str) {
        let inside = format!("{path}/");
        let mut watches: Vec<i32> = self.watches.get(path).copied().into_iter().collect();
        let below = self.watches.range(inside.clone()..).take_while(|(name, _)| name.starts_with(&inside));
        watches.extend(below.map(|(_, watch)| *watch));
        for watch in watches {
            // A deleted folder's watch has ended by itself.
            let _ = remove_watch(&self.inotify, watch);
            self.forget(watch);
        }
    }

    fn forget(&mut self, watch: i32) {
        if let Some(path) = self.paths.remove(&watch) {
            self.watches.remove(&path);
        }
    }
}

fn is_real_folder(place: Place<'_>, folder: &OwnedFd, name: &str) -> bool {
    matches!(stat_entry(place, folder, name), Ok(Some((stat, false))) if stat.kind == FileKind::Folder)
}

/// The bound is the system's; its value is in `/proc/sys/fs/inotify`.
fn no_watches_left() -> FilesError {
    FilesError::Invalid(
        "the system has no more file watches; raise fs.inotify.max_user_watches and max_user_instances".to_owned(),
    )
}
