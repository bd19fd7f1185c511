//! A folder of files, and our torrent of it.

use lamp_files::{Control, MountConfig, Mounts, Right};
use lamp_torrent::create::{self, CreateRequest, Created};
use std::path::PathBuf;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// Bytes of a piece, the smallest that `mktorrent` makes.
pub const PIECE_BYTES: usize = 32 << 10;
/// Address of the tracker.
pub const ANNOUNCE: &str = "http://127.0.0.1:10859/announce";

/// A folder `tree` in a temporary one.
pub struct Folder {
    temporary: TempDir,
}

impl Folder {
    pub fn with(files: &[(String, usize)]) -> Self {
        let folder = Self { temporary: tempfile::tempdir().unwrap() };
        for (number, (path, size)) in files.iter().enumerate() {
            let path = folder.root().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let bytes: Vec<u8> = (0..*size).map(|place| (place * 31 + place / 251 + number) as u8).collect();
            std::fs::write(path, bytes).unwrap();
        }
        folder
    }

    pub fn root(&self) -> PathBuf {
        self.beside("tree")
    }

    pub fn beside(&self, name: &str) -> PathBuf {
        self.temporary.path().join(name)
    }

    pub fn create(&self) -> Created {
        let mounts = Mounts::new(self.beside("data"));
        let config = MountConfig {
            name: "m".to_owned(),
            root: self.root(),
            rights: [Right::Read].into(),
            hard_links: Default::default(),
            identity: None,
        };
        mounts.replace(vec![config]).unwrap();
        let request = CreateRequest {
            mount: "m".to_owned(),
            path: String::new(),
            name: "tree".to_owned(),
            piece_size: Some(PIECE_BYTES as u64),
            announce: Some(ANNOUNCE.to_owned()),
            creation_date_s: None,
            file_digests: false,
        };
        let cancel = CancellationToken::new();
        let control = Control { progress: &|_| {}, checkpoint: &|_| {}, cancel: &cancel };
        create::run(&mounts, &request, None, &control).unwrap()
    }

    /// Writes our torrent file.
    pub fn keep(&self, created: &Created) -> PathBuf {
        let path = self.beside("ours.torrent");
        std::fs::write(&path, &created.bytes).unwrap();
        path
    }
}
