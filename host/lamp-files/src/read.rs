//! Reading: a range, many ranges in one call, and a file handed over to be served.

use crate::mount::{HardLinks, Mount, Mounts, Right};
use crate::path::check_inner;
use crate::resolve::{FileStat, Opener, Place, modified_ns};
use crate::{FilesError, FilesResult};
use rustix::fd::OwnedFd;
use rustix::fs::{Advice, Stat, fadvise};
use std::fs::File;
use std::os::unix::fs::FileExt;

/// Most bytes of one read.
pub const MAX_READ_BYTES: u64 = 8 * 1024 * 1024;
/// Most reads of one batch.
pub const MAX_BATCH_READS: usize = 10_000;
/// Most bytes of one batch; reads beyond it answer `Limit` and are to be asked for again.
pub const MAX_BATCH_BYTES: u64 = 32 * 1024 * 1024;

/// One read of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadRequest {
    /// Path in the mount.
    pub path: String,
    /// First byte.
    pub offset: u64,
    /// Most bytes wanted, at most [`MAX_READ_BYTES`].
    pub max_len: u64,
}

/// Bytes with the facts about their file at that moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadBytes {
    /// The bytes; fewer than asked for at the end of the file.
    pub bytes: Vec<u8>,
    /// The file's facts.
    pub stat: FileStat,
}

/// An open file for the HTTP server.
#[derive(Debug)]
pub struct ServedFile {
    /// Open for reading, at its beginning.
    pub file: File,
    /// Facts of exactly this open file.
    pub stat: FileStat,
    /// Strong entity tag with quotes; changes when content, size or file do.
    pub etag: String,
}

impl Mounts {
    /// `length` bytes (at most [`MAX_READ_BYTES`]) of a file from `offset` on; fewer at its end, none behind it.
    /// Right: read. Errors: `InvalidPath`, `NotFound`, `WrongKind`, `Escapes`, `HardLinked`, `Limit`, `Offline`.
    pub fn read_range(&self, mount: &str, path: &str, offset: u64, length: u64) -> FilesResult<Vec<u8>> {
        let mount = self.mount(mount)?;
        let root = mount.open(Right::Read)?;
        Ok(read_one(&mount, &mut Opener::default(), mount.place(&root, path), offset, length)?.bytes)
    }

    /// Many small reads in one call, each with its own answer, in order. Right: read.
    /// Errors of the whole: `Limit` for more than [`MAX_BATCH_READS`], `UnknownMount`, `MissingRight`, `Offline`.
    pub fn read_many(&self, mount: &str, reads: &[ReadRequest]) -> FilesResult<Vec<FilesResult<ReadBytes>>> {
        if reads.len() > MAX_BATCH_READS {
            return Err(FilesError::Limit { what: "the number of reads of one batch", limit: 10_000 });
        }
        let mount = self.mount(mount)?;
        let root = mount.open(Right::Read)?;
        let mut left = MAX_BATCH_BYTES;
        let mut opener = Opener::default();
        let answers = reads.iter().map(|read| {
            if left == 0 {
                return Err(FilesError::Limit { what: "the bytes of one batch of reads", limit: MAX_BATCH_BYTES });
            }
            let answer = read_one(&mount, &mut opener, mount.place(&root, &read.path), read.offset, read.max_len)?;
            left = left.saturating_sub(length_of(&answer.bytes));
            Ok(answer)
        });
        Ok(answers.collect())
    }

    /// A file opened to be served with ranges. Files with several names are refused unless the mount serves them.
    /// Right: read. Errors: as [`Mounts::read_range`].
    pub fn open_for_serving(&self, mount: &str, path: &str) -> FilesResult<ServedFile> {
        let mount = self.mount(mount)?;
        let root = mount.open(Right::Read)?;
        let place = mount.place(&root, path);
        let (fd, stat) = open_readable(&mount, place)?;
        if stat.st_nlink > 1 && mount.config.hard_links != HardLinks::Serve {
            return Err(hard_linked(place, &stat, "served"));
        }
        let facts = FileStat::of(&stat);
        let etag = format!("\"{:x}-{:x}-{:x}\"", facts.inode, facts.size_bytes, modified_ns(&stat));
        Ok(ServedFile { file: File::from(fd), stat: facts, etag })
    }

    /// A file opened to be read as a whole by native code that reads at offsets; the kernel is told to read ahead.
    /// Right: read. Errors: as [`Mounts::read_range`].
    pub fn open_whole(&self, mount: &str, path: &str) -> FilesResult<(File, FileStat)> {
        let mount = self.mount(mount)?;
        let root = mount.open(Right::Read)?;
        let (fd, stat) = open_readable(&mount, mount.place(&root, path))?;
        let _ = fadvise(&fd, 0, None, Advice::Sequential);
        Ok((File::from(fd), FileStat::of(&stat)))
    }
}

/// Opens a regular file for reading under the mount's rule for hard links.
pub(crate) fn open_readable(mount: &Mount, place: Place<'_>) -> FilesResult<(OwnedFd, Stat)> {
    open_readable_by(&mut Opener::default(), mount, place)
}

fn open_readable_by(opener: &mut Opener, mount: &Mount, place: Place<'_>) -> FilesResult<(OwnedFd, Stat)> {
    check_inner(place.path)?;
    let (fd, stat) = opener.open_file(place)?;
    if stat.st_nlink > 1 && mount.config.hard_links == HardLinks::Refuse {
        return Err(hard_linked(place, &stat, "read"));
    }
    Ok((fd, stat))
}

#[allow(clippy::useless_conversion, reason = "the width of st_nlink differs between processors")]
pub(crate) fn hard_linked(place: Place<'_>, stat: &Stat, verb: &'static str) -> FilesError {
    FilesError::HardLinked {
        mount: place.mount.to_owned(),
        path: place.path.to_owned(),
        links: u64::from(stat.st_nlink),
        verb,
    }
}

fn read_one(mount: &Mount, opener: &mut Opener, place: Place<'_>, offset: u64, length: u64) -> FilesResult<ReadBytes> {
    if length > MAX_READ_BYTES {
        return Err(FilesError::Limit { what: "the length of one read in bytes", limit: MAX_READ_BYTES });
    }
    let (fd, stat) = open_readable_by(opener, mount, place)?;
    let stat = FileStat::of(&stat);
    let expected = length.min(stat.size_bytes.saturating_sub(offset));
    let mut bytes = vec![0; usize::try_from(expected).unwrap_or(0)];
    let file = File::from(fd);
    let read =
        read_full(&file, &mut bytes, offset).map_err(|error| FilesError::at_io(place.mount, place.path, error))?;
    bytes.truncate(read);
    Ok(ReadBytes { bytes, stat })
}

/// Fills `buffer` from `offset` on; less only at the end of the file.
pub(crate) fn read_full(file: &File, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        let from = offset.saturating_add(length_of(&buffer[..filled]));
        match file.read_at(&mut buffer[filled..], from) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Length as `u64`.
pub(crate) fn length_of(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
