//! Named mounts: their configuration, whether their root is still the folder it was, and the registry.

mod root;
mod rules;

pub use root::{MountStatus, RootIdentity};
pub(crate) use root::{OpenRoot, Root};
pub use rules::{check_name, check_root};

use crate::resolve::Place;
use crate::{FilesError, FilesResult};
use parking_lot::RwLock;
use rustix::fd::AsFd;
use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What a mount allows at all; a plugin's grant narrows it further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Right {
    /// See and read.
    Read,
    /// Create and replace.
    Write,
    /// Delete.
    Delete,
    /// Hear of changes.
    Watch,
}

impl Right {
    /// All rights.
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Delete, Self::Watch];

    /// Stored text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Delete => "delete",
            Self::Watch => "watch",
        }
    }
}

/// Rights from `read,watch`. Errors: `Invalid` for an unknown or no right.
pub fn parse_rights(text: &str) -> FilesResult<BTreeSet<Right>> {
    text.split(',')
        .map(|name| {
            Right::ALL.into_iter().find(|right| right.as_str() == name.trim()).ok_or_else(|| {
                FilesError::Invalid(format!(
                    "`{}` is no right of a mount; use a list of read, write, delete and watch",
                    name.trim().escape_debug()
                ))
            })
        })
        .collect()
}

/// What may be done with a file that has further names, perhaps outside the mount. Writing over such a file is
/// always refused, and so is deleting it or putting its folder in the trash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HardLinks {
    /// Not even read.
    Refuse,
    /// Read, hashed and copied, but not served over HTTP: exports of a library are often made of hard links.
    #[default]
    Read,
    /// Served as well; for a library whose links an admin knows.
    Serve,
}

/// One mount as an admin configured it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MountConfig {
    /// Name: `a-z`, `0-9` and hyphens, 1 to 64 characters.
    pub name: String,
    /// Absolute path of the folder.
    pub root: PathBuf,
    /// What is allowed.
    pub rights: BTreeSet<Right>,
    /// What is allowed for files with several names.
    #[serde(default)]
    pub hard_links: HardLinks,
    /// The folder seen when the mount was first online ([`Mounts::identity`]). When given, another folder at the same
    /// path (an empty mount point before the storage is there) keeps the mount offline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<RootIdentity>,
}

/// Space of the file system behind a mount, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskSpace {
    /// In all.
    pub total_bytes: u64,
    /// Free for the server's account.
    pub available_bytes: u64,
}

impl DiskSpace {
    /// Of the file system that an open file or folder lies on. Errors: what the kernel says.
    pub fn behind(open: impl AsFd) -> Result<Self, Errno> {
        let space = rustix::fs::fstatvfs(open)?;
        Ok(Self {
            total_bytes: space.f_blocks.saturating_mul(space.f_frsize),
            available_bytes: space.f_bavail.saturating_mul(space.f_frsize),
        })
    }
}

/// A mount with its state, as pages and commands show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MountInfo {
    /// Configuration.
    pub config: MountConfig,
    /// State.
    pub status: MountStatus,
    /// Space; none while offline.
    pub space: Option<DiskSpace>,
}

/// Blocking calls that may be under way on one mount, so that dead storage holds no more threads than these.
const MAX_CALLS_PER_MOUNT: usize = 16;

/// One mount; kept alive by the calls that work on it.
pub(crate) struct Mount {
    pub config: MountConfig,
    pub root: Arc<Root>,
    /// Bounds the blocking calls of [`crate::Files`].
    pub gate: Arc<Semaphore>,
}

impl Mount {
    /// The open root, if the mount is online and allows `right`.
    pub fn open(&self, right: Right) -> FilesResult<Arc<OpenRoot>> {
        if !self.config.rights.contains(&right) {
            let mount = self.config.name.clone();
            return Err(FilesError::MissingRight { mount, right: right.as_str() });
        }
        self.online()
    }

    /// The open root, if the mount is online.
    pub fn online(&self) -> FilesResult<Arc<OpenRoot>> {
        self.root.open().map_err(|reason| FilesError::Offline { mount: self.config.name.clone(), reason })
    }

    /// `path` in this mount, whose open root is `root`.
    pub fn place<'a>(&'a self, root: &'a OpenRoot, path: &'a str) -> Place<'a> {
        Place { root: root.fd.as_fd(), mount: &self.config.name, path }
    }
}

/// The registry of mounts. Replaced as a whole; calls under way finish on the mounts they began with.
pub struct Mounts {
    data_folder: PathBuf,
    mounts: RwLock<BTreeMap<String, Arc<Mount>>>,
}

impl Mounts {
    /// A registry without mounts. `data_folder` is the server's own folder, which no mount may contain or lie in.
    pub fn new(data_folder: impl Into<PathBuf>) -> Self {
        Self { data_folder: data_folder.into(), mounts: RwLock::new(BTreeMap::new()) }
    }

    /// Replaces all mounts at once. Does not touch the disk: roots are opened when they are needed, and a root that
    /// is missing or forbidden makes its mount offline. Errors: `Invalid` for a malformed or repeated name; then
    /// nothing is changed.
    pub fn replace(&self, configs: Vec<MountConfig>) -> FilesResult<()> {
        let old = self.mounts.read().clone();
        let mut new = BTreeMap::new();
        for config in configs {
            check_name(&config.name)?;
            let name = config.name.clone();
            if new.insert(name.clone(), Arc::new(self.build(config, old.get(&name)))).is_some() {
                return Err(FilesError::Invalid(format!("mount `{name}` is given twice; names are unique")));
            }
        }
        *self.mounts.write() = new;
        Ok(())
    }

    /// A mount that goes on with root and gate of its forerunner while the folder is the same.
    fn build(&self, config: MountConfig, old: Option<&Arc<Mount>>) -> Mount {
        let same = old.filter(|old| {
            old.config.root == config.root && (config.identity.is_none() || config.identity == old.root.identity())
        });
        match same {
            Some(old) => Mount { config, root: old.root.clone(), gate: old.gate.clone() },
            None => Mount {
                root: Arc::new(Root::new(config.root.clone(), self.data_folder.clone(), config.identity.clone())),
                gate: Arc::new(Semaphore::new(MAX_CALLS_PER_MOUNT)),
                config,
            },
        }
    }

    /// Configurations in order of name.
    pub fn configs(&self) -> Vec<MountConfig> {
        self.mounts.read().values().map(|mount| mount.config.clone()).collect()
    }

    /// One configuration.
    pub fn config(&self, name: &str) -> Option<MountConfig> {
        self.mounts.read().get(name).map(|mount| mount.config.clone())
    }

    /// Looks at the root now. Blocks on the disk. Errors: `UnknownMount`.
    pub fn status(&self, name: &str) -> FilesResult<MountStatus> {
        Ok(self.mount(name)?.root.status())
    }

    /// The folder this mount stands for, once it has been online; to be stored in [`MountConfig::identity`].
    pub fn identity(&self, name: &str) -> Option<RootIdentity> {
        self.mounts.read().get(name)?.root.identity()
    }

    /// Configuration, state and space. Blocks on the disk. Errors: `UnknownMount`.
    pub fn info(&self, name: &str) -> FilesResult<MountInfo> {
        let mount = self.mount(name)?;
        let status = mount.root.status();
        Ok(MountInfo { config: mount.config.clone(), status, space: self.disk_space(name).ok() })
    }

    /// Space of the file system behind the mount. Errors: `UnknownMount`, `Offline`.
    pub fn disk_space(&self, name: &str) -> FilesResult<DiskSpace> {
        let mount = self.mount(name)?;
        let root = mount.online()?;
        DiskSpace::behind(&root.fd).map_err(|errno| FilesError::at(name, "", errno))
    }

    /// Mounts whose changes are to be watched.
    pub(crate) fn watched(&self) -> Vec<Arc<Mount>> {
        self.mounts.read().values().filter(|mount| mount.config.rights.contains(&Right::Watch)).cloned().collect()
    }

    pub(crate) fn mount(&self, name: &str) -> FilesResult<Arc<Mount>> {
        self.mounts.read().get(name).cloned().ok_or_else(|| FilesError::UnknownMount(name.to_owned()))
    }
}
