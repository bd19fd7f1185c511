//! A folder with a mount `m`, and beside it an "outside" that must never be touched.

use crate::{Control, HardLinks, MountConfig, Mounts, Right};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

pub const SECRET: &[u8] = b"canary: nobody may read this";

pub struct World {
    folder: TempDir,
    pub mounts: Arc<Mounts>,
}

impl World {
    /// Mount `m` with all rights on `<folder>/m`.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["m", "outside", "data"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        std::fs::write(folder.path().join("outside/secret.txt"), SECRET).unwrap();
        let mounts = Arc::new(Mounts::new(folder.path().join("data")));
        let world = Self { folder, mounts };
        world.mounts.replace(vec![world.config("m", &Right::ALL)]).unwrap();
        world
    }

    pub fn config(&self, name: &str, rights: &[Right]) -> MountConfig {
        MountConfig {
            name: name.to_owned(),
            root: self.beside(name),
            rights: rights.iter().copied().collect(),
            hard_links: HardLinks::default(),
            identity: None,
        }
    }

    /// A path beside the mount.
    pub fn beside(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// A path in the mount.
    pub fn inside(&self, path: &str) -> PathBuf {
        self.folder.path().join("m").join(path)
    }

    /// Writes a file in the mount, with the folders above it.
    pub fn put(&self, path: &str, bytes: &[u8]) {
        let path = self.inside(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub fn link(&self, target: impl AsRef<Path>, path: &str) {
        std::os::unix::fs::symlink(target, self.inside(path)).unwrap();
    }

    /// Everything outside, with content.
    pub fn outside(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        tree(&self.beside("outside"))
    }
}

/// All files below a folder by path; folders with empty content. Links are not followed.
pub fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut stack = vec![folder.to_owned()];
    while let Some(path) = stack.pop() {
        for entry in std::fs::read_dir(&path).unwrap() {
            let path = entry.unwrap().path();
            let meta = path.symlink_metadata().unwrap();
            let content = if meta.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() };
            if meta.is_dir() {
                stack.push(path.clone());
            }
            all.insert(path.strip_prefix(folder).unwrap().to_owned(), content);
        }
    }
    all
}

/// Runs `work` with a control that nobody listens to.
pub fn quietly<C, T>(work: impl FnOnce(&Control<'_, C>) -> T) -> T {
    let cancel = CancellationToken::new();
    work(&Control { progress: &|_| {}, checkpoint: &|_| {}, cancel: &cancel })
}
