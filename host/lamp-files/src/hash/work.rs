//! One digest: its parts read in order, and whether they held still meanwhile.

use super::digest::Digest;
use super::{Algorithm, HashFile, HashPart, HashedFile};
use crate::mount::{Mounts, Right};
use crate::operation::{Fault, Stamp};
use crate::path::check_inner;
use crate::read::{open_readable, read_full};
use crate::{FilesError, FilesResult};
use rustix::fs::{Advice, fadvise, fstat};
use std::fs::File;
use std::time::Instant;

/// Bytes read at once: fits the processor's second cache, large enough for network storage.
const BUFFER_BYTES: usize = 1024 * 1024;

/// Called with the bytes just hashed and their path; an error ends the file.
pub(super) type Step<'a> = &'a dyn Fn(u64, &str) -> FilesResult<()>;

/// Bytes to hash as far as can be told beforehand.
pub(super) fn planned_bytes(mounts: &Mounts, file: &HashFile) -> u64 {
    file.parts.iter().fold(0, |sum: u64, part| {
        let size = mounts.stat(&file.mount, &part.path).map_or(0, |stat| stat.size_bytes);
        let rest = size.saturating_sub(part.offset);
        sum.saturating_add(part.length.map_or(rest, |length| length.min(rest)))
    })
}

/// State of each part's file now.
pub(super) fn stamps(mounts: &Mounts, file: &HashFile) -> FilesResult<Vec<Stamp>> {
    let mount = mounts.mount(&file.mount)?;
    let root = mount.open(Right::Read)?;
    file.parts
        .iter()
        .map(|part| {
            check_inner(&part.path)?;
            Ok(Stamp::of(&mount.place(&root, &part.path).stat()?))
        })
        .collect()
}

/// Hashes one file. A fault is part of the answer.
pub(super) fn hash_file(
    mounts: &Mounts,
    algorithm: Algorithm,
    file: &HashFile,
    step: Step<'_>,
) -> (HashedFile, Vec<Stamp>) {
    let started = Instant::now();
    let mut run = Run { digest: Digest::new(algorithm), bytes: 0, stamps: Vec::with_capacity(file.parts.len()) };
    let outcome = run.parts(mounts, file, step);
    let latest = run.stamps.iter().map(|stamp| stamp.modified_ns).max();
    let hashed = HashedFile {
        id: file.id.clone(),
        bytes: run.bytes,
        modified_ms: latest.map(|ns| ns.div_euclid(1_000_000)),
        error: outcome.as_ref().err().map(Fault::from),
        digest_hex: outcome.is_ok().then(|| run.digest.finish()),
        duration_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    };
    (hashed, run.stamps)
}

struct Run {
    digest: Digest,
    bytes: u64,
    stamps: Vec<Stamp>,
}

impl Run {
    fn parts(&mut self, mounts: &Mounts, file: &HashFile, step: Step<'_>) -> FilesResult<()> {
        let mut buffer = vec![0; BUFFER_BYTES];
        for part in &file.parts {
            self.part(mounts, &file.mount, part, &mut buffer, step)?;
        }
        Ok(())
    }

    fn part(
        &mut self,
        mounts: &Mounts,
        mount: &str,
        part: &HashPart,
        buffer: &mut [u8],
        step: Step<'_>,
    ) -> FilesResult<()> {
        let mount = mounts.mount(mount)?;
        let root = mount.open(Right::Read)?;
        let place = mount.place(&root, &part.path);
        let (fd, stat) = open_readable(&mount, place)?;
        let before = Stamp::of(&stat);
        self.stamps.push(before);
        let rest =
            before.size_bytes.checked_sub(part.offset).filter(|rest| part.length.is_none_or(|length| length <= *rest));
        let Some(rest) = rest else {
            return Err(FilesError::Invalid(format!(
                "`{}` has {} bytes and ends before the part that is asked for",
                part.path, before.size_bytes
            )));
        };
        let _ = fadvise(&fd, 0, None, Advice::Sequential);
        let source = File::from(fd);
        let end = part.offset.saturating_add(part.length.unwrap_or(rest));
        let mut at = part.offset;
        while at < end {
            let wanted = usize::try_from(end - at).unwrap_or(usize::MAX).min(buffer.len());
            let read = read_full(&source, &mut buffer[..wanted], at)
                .map_err(|error| FilesError::at_io(place.mount, place.path, error))?;
            if read < wanted {
                return Err(place.changed());
            }
            self.digest.update(&buffer[..read]);
            let read = u64::try_from(read).unwrap_or(u64::MAX);
            at = at.saturating_add(read);
            self.bytes = self.bytes.saturating_add(read);
            step(read, &part.path)?;
        }
        let after = Stamp::of(&fstat(&source).map_err(|errno| place.error(errno))?);
        if after == before { Ok(()) } else { Err(place.changed()) }
    }
}
