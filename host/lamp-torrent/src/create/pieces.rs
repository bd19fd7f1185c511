//! Pieces hashed on all cores. Each thread takes sixteen pieces at a time and goes through them side by side, a chunk of
//! each after the other, so that no more than a mebibyte is held; or one piece at a time, where that is better.
//!
//! Sixteen places in a file at once suit memory and solid state disks. A disk that turns, or a network, is slower than
//! one core hashes a single piece, and wants to be read in order. So every thread measures how fast it was given bytes
//! and chooses anew for the next pieces.

use super::checkpoint::Finished;
use super::reader::{ReadPace, Reader};
use super::{CreateCheckpoint, Digests, Work};
use crate::lanes::{Kernel, LANES, Lanes};
use crate::{PieceDigest, TorrentError, TorrentResult};
use parking_lot::Mutex;
use sha1::{Digest as _, Sha1};
use std::collections::VecDeque;
use std::ops::Range;

/// What a thread holds of the payload. Half of the second cache of processors that have wide lanes.
const BUFFER_BYTES: usize = 1 << 20;
/// Bytes a second and thread from which on reading at sixteen places pays.
const FAST_BYTES_PER_SECOND: f64 = 1e9;

/// Hashes all pieces that `resume` does not hold. Errors: the first one of any thread.
pub(super) fn run(work: &Work<'_>, resume: Option<CreateCheckpoint>) -> TorrentResult<Digests> {
    let finished = Finished::new(work.plan, resume.map(|checkpoint| checkpoint.runs).unwrap_or_default())?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let queue = Queue { ranges: finished.missing(), threads: threads as u64, last_is_short: last_is_short(work) };
    finished.count_done(work);
    let pool = Pool { work, queue: Mutex::new(queue), finished: Mutex::new(finished), fault: Mutex::new(None) };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| pool.run());
        }
    });
    let finished = pool.finished.into_inner();
    (work.control.checkpoint)(&finished.checkpoint(work.plan));
    match pool.fault.into_inner() {
        Some(fault) => Err(fault),
        None => Ok(Digests { pieces: finished.all()?, files: None }),
    }
}

fn last_is_short(work: &Work<'_>) -> Option<u64> {
    let last = work.plan.pieces() - 1;
    (work.plan.piece_length(last) < work.plan.piece_size).then_some(last)
}

/// Pieces that nobody has taken yet.
struct Queue {
    ranges: VecDeque<Range<u64>>,
    threads: u64,
    /// The last piece, when it is shorter; it is always taken alone.
    last_is_short: Option<u64>,
}

impl Queue {
    /// The next pieces for a thread: many when it works on many at once, and else one. Towards the end what is left is
    /// shared out, and too few for the lanes to pay are taken one by one.
    fn take(&mut self, wide: bool) -> Option<Range<u64>> {
        let left: u64 = self.ranges.iter().map(|range| range.end - range.start).sum();
        let range = self.ranges.front_mut()?;
        let share = left.div_ceil(self.threads).min(LANES as u64).min(range.end - range.start);
        let mut end = range.start + if wide && share >= LANES as u64 / 2 { share } else { 1 };
        if end - range.start > 1 && self.last_is_short == Some(end - 1) {
            end -= 1;
        }
        let taken = range.start..end;
        range.start = end;
        if range.is_empty() {
            self.ranges.pop_front();
        }
        Some(taken)
    }
}

/// What the threads share.
struct Pool<'a> {
    work: &'a Work<'a>,
    queue: Mutex<Queue>,
    finished: Mutex<Finished>,
    fault: Mutex<Option<TorrentError>>,
}

impl Pool<'_> {
    /// Takes pieces until none is left or one thread met a fault.
    fn run(&self) {
        let mut thread = Thread::new(self.work);
        // The first piece is for finding out how fast the bytes come.
        let mut wide = false;
        while self.fault.lock().is_none() {
            let Some(pieces) = self.queue.lock().take(wide) else {
                return;
            };
            match thread.hash(pieces.clone()) {
                Ok(digests) => self.finish(pieces.start, &digests),
                Err(fault) => {
                    self.fault.lock().get_or_insert(fault);
                    return;
                }
            }
            wide = thread.kernel.is_some() && is_fast(thread.reader.take_pace());
        }
    }

    fn finish(&self, first: u64, digests: &[PieceDigest]) {
        let mut finished = self.finished.lock();
        finished.put(first, digests);
        if finished.pace.due() {
            (self.work.control.checkpoint)(&finished.checkpoint(self.work.plan));
        }
    }
}

/// Whether bytes come faster than one core hashes a single piece.
fn is_fast(pace: ReadPace) -> bool {
    pace.bytes as f64 >= FAST_BYTES_PER_SECOND * pace.time.as_secs_f64()
}

/// One thread with its buffer.
struct Thread<'a> {
    work: &'a Work<'a>,
    kernel: Option<Kernel>,
    reader: Reader<'a>,
    buffer: Vec<u8>,
}

impl<'a> Thread<'a> {
    fn new(work: &'a Work<'a>) -> Self {
        Self { work, kernel: Kernel::best(), reader: Reader::new(work), buffer: vec![0; BUFFER_BYTES] }
    }

    fn hash(&mut self, pieces: Range<u64>) -> TorrentResult<Vec<PieceDigest>> {
        match self.kernel {
            Some(kernel) if pieces.end - pieces.start > 1 => self.side_by_side(kernel, pieces),
            _ => pieces.map(|piece| self.alone(piece)).collect(),
        }
    }

    /// Pieces of full size, at most one for each lane.
    fn side_by_side(&mut self, kernel: Kernel, pieces: Range<u64>) -> TorrentResult<Vec<PieceDigest>> {
        let piece_size = self.work.plan.piece_size;
        let used = usize::try_from(pieces.end - pieces.start).unwrap_or(LANES).min(LANES);
        let piece_bytes = usize::try_from(piece_size).unwrap_or(usize::MAX);
        let chunk = (BUFFER_BYTES / LANES).min(piece_bytes);
        let mut lanes = Lanes::new(kernel);
        let mut done = 0;
        while done < piece_size {
            for (piece, part) in pieces.clone().zip(self.buffer.chunks_exact_mut(chunk)) {
                self.reader.fill(piece * piece_size + done, part)?;
            }
            // A lane without a piece goes along with the first one.
            let part = |lane: usize| if lane < used { lane * chunk } else { 0 };
            lanes.update(&std::array::from_fn(|lane| &self.buffer[part(lane)..part(lane) + chunk]));
            self.work.step((chunk * used) as u64, pieces.start * piece_size + done)?;
            done += chunk as u64;
        }
        Ok(lanes.finish()[..used].to_vec())
    }

    fn alone(&mut self, piece: u64) -> TorrentResult<PieceDigest> {
        let (start, length) = (piece * self.work.plan.piece_size, self.work.plan.piece_length(piece));
        let mut hasher = Sha1::new();
        let mut done = 0;
        while done < length {
            let part = usize::try_from(length - done).unwrap_or(usize::MAX).min(BUFFER_BYTES);
            self.reader.fill(start + done, &mut self.buffer[..part])?;
            hasher.update(&self.buffer[..part]);
            self.work.step(part as u64, start + done)?;
            done += part as u64;
        }
        Ok(hasher.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(ranges: &[Range<u64>], threads: u64, last_is_short: Option<u64>) -> Queue {
        Queue { ranges: ranges.iter().cloned().collect(), threads, last_is_short }
    }

    #[test]
    fn every_missing_piece_is_taken_once_and_a_short_last_one_alone() {
        for wide in [true, false] {
            let mut queue = queue(&[3..40, 50..53, 60..100], 2, Some(99));
            let mut taken = Vec::new();
            while let Some(range) = queue.take(wide) {
                assert!(range.end - range.start <= if wide { LANES as u64 } else { 1 });
                assert!(!range.contains(&99) || range == (99..100), "{range:?}");
                taken.extend(range);
            }
            assert_eq!(taken, (3..40).chain(50..53).chain(60..100).collect::<Vec<u64>>());
        }
    }

    #[test]
    fn the_end_is_shared_out() {
        let all = |end| queue(std::slice::from_ref(&(0..end)), 2, None);
        let mut many = all(1_000);
        assert_eq!(many.take(true), Some(0..16));
        let mut few = all(20);
        assert_eq!(few.take(true), Some(0..10), "ten for each of two threads");
        assert_eq!(few.take(true), Some(10..11), "five each do not pay");
    }

    #[test]
    fn slow_storage_is_read_in_order() {
        let pace = |megabytes: u64, milliseconds| ReadPace {
            bytes: megabytes * 1_000_000,
            time: std::time::Duration::from_millis(milliseconds),
        };
        assert!(is_fast(pace(32, 8)));
        assert!(!is_fast(pace(32, 160)), "200 MB/s, a disk");
    }
}
