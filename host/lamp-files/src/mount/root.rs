//! The root of one mount: opened once, and looked at on every call, so that storage which was taken away or replaced
//! is seen as "offline" and never as "all files are gone".

use super::rules::allowed;
use parking_lot::Mutex;
use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, CWD, Mode, OFlags, fstat, fstatfs, fstatvfs, openat, stat, statat};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

/// Whether a mount can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", content = "reason", rename_all = "kebab-case")]
pub enum MountStatus {
    /// Its root is there and is the folder it was.
    Online,
    /// It is not; the text says what was seen and what to do.
    Offline(String),
}

impl MountStatus {
    /// Whether it is `Online`.
    pub fn is_online(&self) -> bool {
        matches!(self, Self::Online)
    }
}

/// What tells one root folder from another and stays the same when the same storage is mounted again. The device
/// number is no part of it: network storage gets a new one each time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootIdentity {
    /// Inode of the root folder.
    pub inode: u64,
    /// Type of the file system (`statfs`), as hexadecimal text.
    pub filesystem_type: String,
    /// Id of the file system (`f_fsid`), as hexadecimal text; zero where it has none (NFS).
    pub filesystem_id: String,
    /// Whether the root is a place where a file system is mounted; an empty mount point is not.
    pub mount_point: bool,
}

/// An open root. The descriptor is for paths only (`O_PATH`).
pub(crate) struct OpenRoot {
    pub fd: OwnedFd,
    pub device: u64,
    pub inode: u64,
    /// `f_type` of the file system.
    pub filesystem_type: u64,
}

/// A root path with what is known of it.
pub(crate) struct Root {
    path: PathBuf,
    data_folder: PathBuf,
    state: Mutex<State>,
}

struct State {
    open: Option<Arc<OpenRoot>>,
    identity: Option<RootIdentity>,
}

impl Root {
    pub fn new(path: PathBuf, data_folder: PathBuf, identity: Option<RootIdentity>) -> Self {
        Self { path, data_folder, state: Mutex::new(State { open: None, identity }) }
    }

    /// The folder this root stands for, once known.
    pub fn identity(&self) -> Option<RootIdentity> {
        self.state.lock().identity.clone()
    }

    /// Looks now.
    pub fn status(&self) -> MountStatus {
        match self.open() {
            Ok(_) => MountStatus::Online,
            Err(reason) => MountStatus::Offline(reason),
        }
    }

    /// The root if it is there and the one it was: one `stat` when nothing has changed. Errors: why it is offline.
    pub fn open(&self) -> Result<Arc<OpenRoot>, String> {
        let known = self.state.lock().open.clone();
        let seen = stat(&self.path)
            .map_err(|errno| format!("`{}` cannot be seen ({errno}); mount the storage again", self.path.display()))?;
        match known {
            Some(open) if open.device == seen.st_dev && open.inode == seen.st_ino => Ok(open),
            _ => self.reopen(),
        }
    }

    /// Opens the path anew and accepts it if it is the known folder or the first one seen.
    fn reopen(&self) -> Result<Arc<OpenRoot>, String> {
        let shown = self.path.display();
        let real = self.path.canonicalize().map_err(|error| format!("`{shown}` cannot be opened ({error})"))?;
        allowed(&real, &self.data_folder)?;
        let (open, identity) = look(&real).map_err(|errno| format!("`{shown}` cannot be opened ({errno})"))?;
        let open = Arc::new(open);
        let mut state = self.state.lock();
        match &state.identity {
            Some(known) if *known != identity => {
                return Err(format!(
                    "`{shown}` is not the folder it was: {}; mount the same storage again, or remove the mount and add it anew",
                    difference(known, &identity)
                ));
            }
            Some(_) => {}
            None => state.identity = Some(identity),
        }
        state.open = Some(open.clone());
        Ok(open)
    }
}

/// Opens a folder and tells what it is.
#[allow(clippy::useless_conversion, reason = "the width of f_type differs between processors")]
fn look(real: &std::path::Path) -> rustix::io::Result<(OpenRoot, RootIdentity)> {
    let fd = openat(CWD, real, OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())?;
    let seen = fstat(&fd)?;
    let parent = statat(&fd, "..", AtFlags::SYMLINK_NOFOLLOW)?;
    let filesystem_type = u64::from_ne_bytes(i64::from(fstatfs(&fd)?.f_type).to_ne_bytes());
    let identity = RootIdentity {
        inode: seen.st_ino,
        filesystem_type: format!("{filesystem_type:x}"),
        filesystem_id: format!("{:x}", fstatvfs(&fd)?.f_fsid),
        mount_point: parent.st_dev != seen.st_dev,
    };
    Ok((OpenRoot { fd, device: seen.st_dev, inode: seen.st_ino, filesystem_type }, identity))
}

/// In words, what an admin needs to know.
fn difference(known: &RootIdentity, seen: &RootIdentity) -> &'static str {
    match (known.mount_point, seen.mount_point) {
        (true, false) => "the storage is not mounted there",
        (false, true) => "a storage was mounted over it",
        _ if known.filesystem_type != seen.filesystem_type || known.filesystem_id != seen.filesystem_id => {
            "another storage is mounted there"
        }
        _ => "another folder is in its place",
    }
}
