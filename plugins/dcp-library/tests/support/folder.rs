//! A package folder on disk as the reader's source; remembers every path that was read.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use dcp_library::dcp::source::{FileEntry, PackageSource, SourceError};

pub struct FolderSource {
    root: PathBuf,
    name: String,
    files: Vec<FileEntry>,
    read_paths: RefCell<BTreeSet<String>>,
}

impl FolderSource {
    pub fn open(root: &Path) -> Self {
        let mut files = Vec::new();
        walk(root, root, &mut files);
        let name = root.file_name().unwrap().to_str().unwrap().to_owned();
        Self { root: root.to_path_buf(), name, files, read_paths: RefCell::default() }
    }

    pub fn read_paths(&self) -> BTreeSet<String> {
        self.read_paths.borrow().clone()
    }

    /// Bytes of all files together.
    pub fn size_bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size_bytes).sum()
    }

    pub fn lists(&self, path: &str) -> bool {
        self.files.iter().any(|file| file.path == path)
    }
}

impl PackageSource for FolderSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn list(&self) -> Result<Vec<FileEntry>, SourceError> {
        Ok(self.files.clone())
    }

    fn read(&self, path: &str, offset: u64, max_len: usize) -> Result<Vec<u8>, SourceError> {
        self.read_paths.borrow_mut().insert(path.to_owned());
        let storage = |error: std::io::Error| SourceError::Storage(error.to_string());
        let mut file = std::fs::File::open(self.root.join(path)).map_err(storage)?;
        file.seek(SeekFrom::Start(offset)).map_err(storage)?;
        let mut bytes = Vec::new();
        file.take(max_len as u64).read_to_end(&mut bytes).map_err(storage)?;
        Ok(bytes)
    }
}

fn walk(root: &Path, folder: &Path, files: &mut Vec<FileEntry>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let metadata = entry.metadata().unwrap();
        if metadata.is_dir() {
            walk(root, &entry.path(), files);
        } else if metadata.is_file() {
            let path = entry.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            let modified = metadata.modified().unwrap().duration_since(UNIX_EPOCH).unwrap();
            files.push(FileEntry {
                path,
                size_bytes: metadata.len(),
                modified_ms: i64::try_from(modified.as_millis()).unwrap(),
            });
        }
    }
}
