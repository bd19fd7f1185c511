//! Pieces and whole files from one reading, in order. While one stretch is hashed for its pieces and, on another core,
//! for its files, the next one is read.

use super::checkpoint::{CreateCheckpoint, InOrderState};
use super::plan::Plan;
use super::reader::Reader;
use super::stream::Stream;
use super::{Digests, Work};
use crate::{TorrentError, TorrentResult};
use lamp_files::Pace;

/// Bytes that are worked on together; long enough that starting threads for them costs nothing.
const STRETCH_BYTES: usize = 8 << 20;

/// Hashes all pieces and all files. Errors: as of reading.
pub(super) fn run(work: &Work<'_>, resume: Option<CreateCheckpoint>) -> TorrentResult<Digests> {
    let plan = work.plan;
    let state = resume.and_then(|checkpoint| checkpoint.in_order);
    let (mut pieces, mut files, mut done) = match &state {
        Some(state) => (
            Stream::resume(piece_lengths(plan), &state.pieces)?,
            Stream::resume(file_lengths(plan), &state.files)?,
            Some(state.done_bytes)
                .filter(|done| *done <= plan.payload.total_bytes)
                .ok_or(TorrentError::OtherCheckpoint)?,
        ),
        None => (Stream::new(piece_lengths(plan)), Stream::new(file_lengths(plan)), 0),
    };
    work.meter.add(done, "", work.control.progress);
    let mut reader = Reader::new(work);
    let (mut now, mut next) = (vec![0; STRETCH_BYTES], vec![0; STRETCH_BYTES]);
    let mut length = stretch(plan, done);
    reader.fill(done, &mut now[..length])?;
    let mut pace = Pace::new();
    while length > 0 {
        let after = done + length as u64;
        let next_length = stretch(plan, after);
        std::thread::scope(|scope| {
            scope.spawn(|| pieces.update(&now[..length]));
            scope.spawn(|| files.update(&now[..length]));
            reader.fill(after, &mut next[..next_length])
        })?;
        done = after;
        let step = work.step(length as u64, done - 1);
        if pace.due() || step.is_err() || next_length == 0 {
            let state = InOrderState { done_bytes: done, pieces: pieces.state(), files: files.state() };
            let fingerprint = plan.fingerprint.clone();
            (work.control.checkpoint)(&CreateCheckpoint { fingerprint, runs: Vec::new(), in_order: Some(state) });
        }
        step?;
        std::mem::swap(&mut now, &mut next);
        length = next_length;
    }
    Ok(Digests { pieces: pieces.finish(), files: Some(files.finish()) })
}

/// Bytes of the stretch from `done` on; 0 at the end.
fn stretch(plan: &Plan, done: u64) -> usize {
    let left = plan.payload.total_bytes.saturating_sub(done);
    usize::try_from(left).unwrap_or(usize::MAX).min(STRETCH_BYTES)
}

fn piece_lengths(plan: &Plan) -> impl Iterator<Item = u64> {
    (0..plan.pieces()).map(|piece| plan.piece_length(piece))
}

fn file_lengths(plan: &Plan) -> impl Iterator<Item = u64> {
    plan.payload.files.iter().map(|file| file.stat.size_bytes)
}
