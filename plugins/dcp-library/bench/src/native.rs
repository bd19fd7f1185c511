//! The same reader without a sandbox: walks a tree and reads every package in it.

use anyhow::{Context, Result, anyhow, bail};
use dcp_library::dcp::discover::{is_package_root, is_skipped};
use dcp_library::dcp::package::{Options, read_packages};
use dcp_library::dcp::source::{FileEntry, PackageSource, SourceError};
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// One package folder.
struct Root {
    path: PathBuf,
    name: String,
    files: Vec<FileEntry>,
}

impl PackageSource for Root {
    fn name(&self) -> &str {
        &self.name
    }

    fn list(&self) -> Result<Vec<FileEntry>, SourceError> {
        Ok(self.files.clone())
    }

    fn read(&self, path: &str, offset: u64, max_len: usize) -> Result<Vec<u8>, SourceError> {
        let storage = |error: std::io::Error| SourceError::Storage(error.to_string());
        let file = File::open(self.path.join(path)).map_err(storage)?;
        let size = self.files.iter().find(|file| file.path == path).map_or(0, |file| file.size_bytes);
        let length = max_len.min(usize::try_from(size.saturating_sub(offset)).unwrap_or(max_len));
        if offset == 0 {
            let mut bytes = Vec::with_capacity(length);
            file.take(length as u64).read_to_end(&mut bytes).map_err(storage)?;
            return Ok(bytes);
        }
        let mut bytes = vec![0; length];
        let read = file.read_at(&mut bytes, offset).map_err(storage)?;
        bytes.truncate(read);
        Ok(bytes)
    }
}

/// Seconds to walk a tree and read its packages. Errors: other than `expected` packages are found, or one is faulty.
pub fn walk_and_parse(folder: &Path, threads: usize, expected: usize) -> Result<f64> {
    let begin = Instant::now();
    let mut roots = Vec::new();
    walk(folder, &mut roots)?;
    let now_ms = milliseconds(SystemTime::now())?;
    let chunk = roots.len().div_ceil(threads).max(1);
    let read: usize = std::thread::scope(|scope| {
        let readers: Vec<_> = roots.chunks(chunk).map(|roots| scope.spawn(move || parse(roots, now_ms))).collect();
        readers
            .into_iter()
            .map(|reader| reader.join().map_err(|_| anyhow!("a reader's thread ended early")))
            .sum::<Result<usize>>()
    })?;
    let elapsed = begin.elapsed().as_secs_f64();
    if read != expected {
        bail!("the reader found {read} good packages in {}, not {expected}", folder.display());
    }
    Ok(elapsed)
}

/// How many packages with a composition there are.
fn parse(roots: &[Root], now_ms: i64) -> usize {
    let options = Options::default();
    let packages = roots.iter().flat_map(|root| read_packages(root, now_ms, &options));
    packages.filter(|package| !package.compositions.is_empty()).count()
}

/// Package roots below a folder. What lies in a package is its own.
fn walk(folder: &Path, roots: &mut Vec<Root>) -> Result<()> {
    let (files, folders) = list(folder)?;
    if !is_package_root(files.iter().map(|file| file.path.as_str())) {
        return folders.iter().try_for_each(|below| walk(&folder.join(below), roots));
    }
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut root = Root { path: folder.to_path_buf(), name, files };
    for below in folders {
        add_below(&mut root, &below)?;
    }
    roots.push(root);
    Ok(())
}

fn add_below(root: &mut Root, below: &str) -> Result<()> {
    let (files, folders) = list(&root.path.join(below))?;
    root.files.extend(files.into_iter().map(|file| FileEntry { path: format!("{below}/{}", file.path), ..file }));
    folders.iter().try_for_each(|folder| add_below(root, &format!("{below}/{folder}")))
}

/// Files and folders in a folder.
fn list(folder: &Path) -> Result<(Vec<FileEntry>, Vec<String>)> {
    let list = || format!("list {}", folder.display());
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(folder).with_context(list)? {
        let entry = entry.with_context(list)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_skipped(&name) {
            continue;
        }
        let metadata = entry.metadata().with_context(list)?;
        if metadata.is_dir() {
            folders.push(name);
        } else if metadata.is_file() {
            let modified_ms = milliseconds(metadata.modified().with_context(list)?)?;
            files.push(FileEntry { path: name, size_bytes: metadata.len(), modified_ms });
        }
    }
    Ok((files, folders))
}

fn milliseconds(time: SystemTime) -> Result<i64> {
    let since = time.duration_since(UNIX_EPOCH).context("a time before 1970")?;
    i64::try_from(since.as_millis()).context("a time too far away")
}
