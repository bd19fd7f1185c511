//! One file of a copy, from the open source to the finished target.

use crate::mount::Mount;
use crate::operation::Stamp;
use crate::path::split;
use crate::read::open_readable;
use crate::resolve::{Links, Place, is_file};
use crate::write::{Temporary, check_replaceable, is_temporary_of};
use crate::{FilesError, FilesResult};
use rustix::fd::OwnedFd;
use rustix::fs::{
    Advice, AtFlags, RawDir, Timespec, Timestamps, copy_file_range, fadvise, fstat, futimens, statat, unlinkat,
};
use rustix::io::Errno;
use std::fs::File;
use std::io::{Read, Write};

/// Bytes moved between two looks at the cancel switch.
const STEP_BYTES: usize = 8 * 1024 * 1024;
const BUFFER_BYTES: usize = 1024 * 1024;
/// File systems keep times as coarse as this (FAT: two seconds).
const TIME_STEP_NS: u64 = 2_000_000_000;

/// One file to copy.
pub(super) struct Job<'a> {
    pub mount: &'a Mount,
    pub source: Place<'a>,
    pub target: Place<'a>,
    /// The target's open folder.
    pub parent: &'a OwnedFd,
    pub run: &'a str,
    pub overwrite: bool,
    /// A target equal in size and time is taken as copied.
    pub may_be_done: bool,
}

/// Called with the number of bytes just done; an error ends the copy.
pub(super) type Step<'a> = &'a dyn Fn(u64) -> FilesResult<()>;

/// Copies one file, of `planned_bytes` when the copy began. Errors: `Changed` when the source did.
pub(super) fn copy_file(job: &Job<'_>, planned_bytes: u64, step: Step<'_>) -> FilesResult<()> {
    let (fd, stat) = open_readable(job.mount, job.source)?;
    let before = Stamp::of(&stat);
    if job.may_be_done && is_done(job, before)? {
        return step(planned_bytes);
    }
    check_replaceable(job.target, job.parent, job.overwrite)?;
    let temporary = Temporary::create(job.target, job.parent, job.run)?;
    let source = File::from(fd);
    let _ = fadvise(&source, 0, None, Advice::Sequential);
    let copied = transfer(job, &source, &temporary.file, step)?;
    let after = Stamp::of(&fstat(&source).map_err(|errno| job.source.error(errno))?);
    let written = Stamp::of(&fstat(&temporary.file).map_err(|errno| job.target.error(errno))?);
    if after != before || copied != before.size_bytes || written.size_bytes != copied {
        return Err(job.source.changed());
    }
    futimens(&temporary.file, &times(before.modified_ns)).map_err(|errno| job.target.error(errno))?;
    temporary.publish(job.overwrite)
}

/// Whether an earlier run has copied the file already.
fn is_done(job: &Job<'_>, source: Stamp) -> FilesResult<bool> {
    match statat(job.parent, split(job.target.path).1, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) if is_file(&stat) => {
            let target = Stamp::of(&stat);
            Ok(target.size_bytes == source.size_bytes && target.modified_ns.abs_diff(source.modified_ns) < TIME_STEP_NS)
        }
        Ok(_) | Err(Errno::NOENT) => Ok(false),
        Err(errno) => Err(job.target.error(errno)),
    }
}

/// Moves the bytes, inside the kernel or the storage where both can do that. Shape: bytes moved.
fn transfer(job: &Job<'_>, source: &File, target: &File, step: Step<'_>) -> FilesResult<u64> {
    let mut copied = 0_u64;
    loop {
        match copy_file_range(source, None, target, None, STEP_BYTES) {
            // Some file systems answer 0 for content they cannot hand over; reading tells whether it is the end.
            Ok(0) => return transfer_by_hand(job, source, target, copied, step),
            Ok(count) => {
                let count = u64::try_from(count).unwrap_or(u64::MAX);
                copied = copied.saturating_add(count);
                step(count)?;
            }
            Err(Errno::INTR) => {}
            Err(Errno::XDEV | Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP | Errno::PERM) => {
                return transfer_by_hand(job, source, target, copied, step);
            }
            Err(errno) => return Err(fault(job, errno)),
        }
    }
}

fn transfer_by_hand(
    job: &Job<'_>,
    mut source: &File,
    mut target: &File,
    mut copied: u64,
    step: Step<'_>,
) -> FilesResult<u64> {
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let count = match source.read(&mut buffer) {
            Ok(0) => return Ok(copied),
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(FilesError::at_io(job.source.mount, job.source.path, error)),
        };
        target
            .write_all(&buffer[..count])
            .map_err(|error| FilesError::at_io(job.target.mount, job.target.path, error))?;
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        copied = copied.saturating_add(count);
        step(count)?;
    }
}

/// Which side an error of a transfer in the kernel belongs to: lack of space is the target's.
fn fault(job: &Job<'_>, errno: Errno) -> FilesError {
    match errno {
        Errno::NOSPC | Errno::DQUOT | Errno::FBIG | Errno::ROFS => job.target.error(errno),
        _ => job.source.error(errno),
    }
}

/// Removes unfinished files that an earlier run of this copy left in a target folder.
pub(super) fn clean_folder(place: Place<'_>, folder: &OwnedFd, run: &str) -> FilesResult<()> {
    let mut left = Vec::new();
    let mut buffer = Vec::with_capacity(32 * 1024);
    let mut entries = RawDir::new(folder, buffer.spare_capacity_mut());
    while let Some(entry) = entries.next() {
        let entry = entry.map_err(|errno| place.error(errno))?;
        if let Ok(name) = entry.file_name().to_str()
            && is_temporary_of(name, run)
        {
            left.push(name.to_owned());
        }
    }
    for name in left {
        unlinkat(folder, &name, AtFlags::empty()).map_err(|errno| place.error(errno))?;
    }
    Ok(())
}

/// Gives a copied folder the time of its source.
pub(super) fn set_folder_time(place: Place<'_>, modified_ms: i64) -> FilesResult<()> {
    let folder = place.open_folder(Links::Never)?;
    futimens(&folder, &times(modified_ms.saturating_mul(1_000_000))).map_err(|errno| place.error(errno))
}

fn times(modified_ns: i64) -> Timestamps {
    let time =
        Timespec { tv_sec: modified_ns.div_euclid(1_000_000_000), tv_nsec: modified_ns.rem_euclid(1_000_000_000) };
    Timestamps { last_access: time, last_modification: time }
}
