//! Reads from the string of all bytes, across the borders of files.

use super::Work;
use crate::{TorrentError, TorrentResult};
use lamp_files::{FilesError, FilesResult};
use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::FileExt;
use std::time::{Duration, Instant};

/// Files kept open: each lane may be in another one.
const OPEN_FILES: usize = crate::lanes::LANES + 1;

/// A reader of one thread.
pub(super) struct Reader<'a> {
    work: &'a Work<'a>,
    /// Place of each open file in the payload.
    open: Vec<(usize, File)>,
    /// Which one to close next.
    oldest: usize,
    pace: ReadPace,
}

/// What was read and how long that took.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ReadPace {
    pub bytes: u64,
    pub time: Duration,
}

impl<'a> Reader<'a> {
    pub fn new(work: &'a Work<'a>) -> Self {
        Self { work, open: Vec::with_capacity(OPEN_FILES), oldest: 0, pace: ReadPace::default() }
    }

    /// Fills `buffer` from `offset` on. Errors: `Changed` for a file that is not what it was.
    pub fn fill(&mut self, offset: u64, buffer: &mut [u8]) -> TorrentResult<()> {
        let began = Instant::now();
        self.pace.bytes += buffer.len() as u64;
        let payload = &self.work.plan.payload;
        let (mut offset, mut rest) = (offset, buffer);
        let mut place = payload.file_at(offset);
        while !rest.is_empty() {
            let file = payload.files.get(place).ok_or(TorrentError::Empty)?;
            let left = file.end().saturating_sub(offset);
            let length = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
            let (part, after) = rest.split_at_mut(length);
            if length > 0 {
                self.fill_from(place, offset - file.start, part)?;
            }
            offset += length as u64;
            rest = after;
            place += 1;
        }
        self.pace.time += began.elapsed();
        Ok(())
    }

    /// Takes the pace since the last time.
    pub fn take_pace(&mut self) -> ReadPace {
        std::mem::take(&mut self.pace)
    }

    fn fill_from(&mut self, place: usize, offset: u64, buffer: &mut [u8]) -> TorrentResult<()> {
        let known = self.open.iter().position(|(open, _)| *open == place);
        let slot = match known {
            Some(slot) => slot,
            None => self.open(place)?,
        };
        let (_, file) = &self.open[slot];
        file.read_exact_at(buffer, offset).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => self.changed(place),
            _ => FilesError::at_io(&self.work.plan.payload.mount, &self.path(place), error).into(),
        })
    }

    /// Opens a file in place of the oldest one. Shape: its slot.
    fn open(&mut self, place: usize) -> TorrentResult<usize> {
        let payload = &self.work.plan.payload;
        let opened: FilesResult<_> = self.work.mounts.open_whole(&payload.mount, &self.path(place));
        let (file, stat) = match opened {
            Err(FilesError::NotFound { .. } | FilesError::WrongKind { .. }) => return Err(self.changed(place)),
            other => other?,
        };
        if !payload.files[place].is_as(&stat) {
            return Err(self.changed(place));
        }
        if self.open.len() < OPEN_FILES {
            self.open.push((place, file));
            return Ok(self.open.len() - 1);
        }
        let slot = self.oldest;
        self.oldest = (self.oldest + 1) % OPEN_FILES;
        self.open[slot] = (place, file);
        Ok(slot)
    }

    fn path(&self, place: usize) -> String {
        let payload = &self.work.plan.payload;
        payload.path_in_mount(&payload.files[place])
    }

    fn changed(&self, place: usize) -> TorrentError {
        let payload = &self.work.plan.payload;
        TorrentError::Changed { path: payload.shown_path(&payload.files[place]).to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::create::CreateCheckpoint;
    use crate::create::payload::Payload;
    use crate::create::plan::Plan;
    use crate::tests::support::{World, noise, request};
    use lamp_files::{Control, Meter};
    use tokio_util::sync::CancellationToken;

    /// Finds the files, then changes them, then reads `length` bytes from `offset`.
    fn read(world: &World, change: impl FnOnce(), offset: u64, length: usize) -> TorrentResult<Vec<u8>> {
        let payload = Payload::find(&world.mounts, "m", "P")?;
        let total = payload.total_bytes;
        let plan = Plan::new(payload, 16 << 10, &request());
        let cancel = CancellationToken::new();
        let control: Control<'_, CreateCheckpoint> =
            Control { progress: &|_| {}, checkpoint: &|_| {}, cancel: &cancel };
        let work = Work { mounts: &world.mounts, plan: &plan, control: &control, meter: Meter::new(total) };
        let mut reader = Reader::new(&work);
        let mut first = [0];
        reader.fill(0, &mut first)?;
        change();
        let mut buffer = vec![0; length];
        reader.fill(offset, &mut buffer)?;
        Ok(buffer)
    }

    #[test]
    fn reads_across_files_more_than_are_kept_open() {
        let names: Vec<String> = (0..50).map(|number| format!("{number:02}")).collect();
        let files: Vec<(&str, usize)> = names.iter().map(|name| (name.as_str(), name.parse().unwrap())).collect();
        let world = World::with(&files);
        let all: Vec<u8> = (0..50).flat_map(|number| noise(number, number as usize)).collect();
        for (offset, length) in [(0, all.len()), (1, 1), (100, 700), (all.len() - 1, 1), (7, 0)] {
            let read = read(&world, || (), offset as u64, length).unwrap();
            assert_eq!(read, all[offset..offset + length], "{length} bytes from {offset}");
        }
    }

    #[test]
    fn a_file_that_is_no_longer_what_was_found_is_named() {
        let files = [("a", 100), ("b", 100)];
        let name = |result: TorrentResult<Vec<u8>>| match result {
            Err(TorrentError::Changed { path }) => path,
            other => panic!("{other:?}"),
        };
        let world = World::with(&files);
        assert_eq!(name(read(&world, || std::fs::remove_file(world.inside("P/b")).unwrap(), 100, 10)), "b", "deleted");
        let world = World::with(&files);
        assert_eq!(name(read(&world, || world.put("P/b", &[0; 101]), 100, 10)), "b", "grown before it is opened");
        let world = World::with(&files);
        assert_eq!(name(read(&world, || world.put("P/a", &[0; 50]), 0, 100)), "a", "cut while it is open");
    }
}
