//! A folder as a mount, and torrents made of it.

use crate::TorrentResult;
use crate::create::{self, CreateCheckpoint, CreateRequest, Created};
use lamp_files::{Control, MountConfig, Mounts, Right};
use std::path::PathBuf;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// Mount `m` on a new folder.
pub struct World {
    folder: TempDir,
    pub mounts: Mounts,
}

impl World {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mounts = Mounts::new(folder.path().join("data"));
        let root = folder.path().join("m");
        std::fs::create_dir(&root).unwrap();
        let config = MountConfig {
            name: "m".to_owned(),
            root,
            rights: [Right::Read].into(),
            hard_links: Default::default(),
            identity: None,
        };
        mounts.replace(vec![config]).unwrap();
        Self { folder, mounts }
    }

    /// With files of these sizes below `P`.
    pub fn with(files: &[(&str, usize)]) -> Self {
        let world = Self::new();
        for (number, (path, size)) in files.iter().enumerate() {
            world.put(&format!("P/{path}"), &noise(number as u64, *size));
        }
        world
    }

    pub fn inside(&self, path: &str) -> PathBuf {
        self.folder.path().join("m").join(path)
    }

    pub fn put(&self, path: &str, bytes: &[u8]) {
        let path = self.inside(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// A torrent of `P`, with pieces of 16 KiB.
    pub fn create(&self) -> TorrentResult<Created> {
        self.create_with(&request())
    }

    pub fn create_with(&self, request: &CreateRequest) -> TorrentResult<Created> {
        self.resume(request, None)
    }

    pub fn resume(&self, request: &CreateRequest, resume: Option<CreateCheckpoint>) -> TorrentResult<Created> {
        let cancel = CancellationToken::new();
        let control = Control { progress: &|_| {}, checkpoint: &|_| {}, cancel: &cancel };
        create::run(&self.mounts, request, resume, &control)
    }
}

/// Folder `P`, pieces of 16 KiB.
pub fn request() -> CreateRequest {
    CreateRequest {
        mount: "m".to_owned(),
        path: "P".to_owned(),
        name: "P".to_owned(),
        piece_size: Some(16 << 10),
        announce: None,
        creation_date_s: None,
        file_digests: false,
    }
}

/// Bytes without a pattern.
pub fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}
