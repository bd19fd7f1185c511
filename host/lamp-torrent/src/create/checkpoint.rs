//! What is done so far, as it survives a restart.

use super::Work;
use super::plan::Plan;
use super::stream::StreamState;
use crate::{PieceDigest, TorrentError, TorrentResult};
use lamp_files::Pace;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::ops::Range;

/// Resume data of an interrupted run; good for the same request on unchanged files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateCheckpoint {
    /// Of options, paths, sizes and times.
    pub(super) fingerprint: String,
    /// Finished pieces, without gaps within a run.
    pub(super) runs: Vec<PieceRun>,
    /// Where reading in order stands, when files are hashed as a whole too.
    pub(super) in_order: Option<InOrderState>,
}

/// Finished pieces one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PieceRun {
    pub first: u64,
    /// 40 hex digits for each piece.
    pub digests_hex: String,
}

/// Two hashes in the middle of their work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct InOrderState {
    /// Bytes of the payload that both have seen.
    pub done_bytes: u64,
    pub pieces: StreamState,
    pub files: StreamState,
}

/// Digests as they come in, in any order.
pub(super) struct Finished {
    digests: Vec<Option<PieceDigest>>,
    pub pace: Pace,
}

impl Finished {
    /// With runs of an earlier time. Errors: `OtherCheckpoint` when they do not fit.
    pub fn new(plan: &Plan, runs: Vec<PieceRun>) -> TorrentResult<Self> {
        let count = usize::try_from(plan.pieces()).map_err(|_| TorrentError::OtherCheckpoint)?;
        let mut finished = Self { digests: vec![None; count], pace: Pace::new() };
        for run in runs {
            let digests = digests_of(&run.digests_hex).ok_or(TorrentError::OtherCheckpoint)?;
            let fits = run.first.checked_add(digests.len() as u64).is_some_and(|end| end <= count as u64);
            if !fits {
                return Err(TorrentError::OtherCheckpoint);
            }
            finished.put(run.first, &digests);
        }
        Ok(finished)
    }

    pub fn put(&mut self, first: u64, digests: &[PieceDigest]) {
        let first = usize::try_from(first).unwrap_or(usize::MAX);
        for (slot, digest) in self.digests.iter_mut().skip(first).zip(digests) {
            *slot = Some(*digest);
        }
    }

    /// Tells the meter of what need not be read.
    pub fn count_done(&self, work: &Work<'_>) {
        let done = (0_u64..).zip(&self.digests).filter(|(_, digest)| digest.is_some());
        let bytes = done.map(|(piece, _)| work.plan.piece_length(piece)).sum();
        work.meter.add(bytes, "", work.control.progress);
    }

    /// Pieces that are not there yet.
    pub fn missing(&self) -> VecDeque<Range<u64>> {
        let runs = self.runs();
        runs.into_iter()
            .filter(|(_, run)| run[0].is_none())
            .map(|(first, run)| first..first + run.len() as u64)
            .collect()
    }

    pub fn checkpoint(&self, plan: &Plan) -> CreateCheckpoint {
        let done = self.runs().into_iter().filter(|(_, run)| run[0].is_some());
        let runs =
            done.map(|(first, run)| PieceRun { first, digests_hex: run.iter().flatten().map(hex::encode).collect() });
        CreateCheckpoint { fingerprint: plan.fingerprint.clone(), runs: runs.collect(), in_order: None }
    }

    /// All digests. Errors: one is missing.
    pub fn all(self) -> TorrentResult<Vec<PieceDigest>> {
        let missing = || TorrentError::Invalid("a piece was not hashed; start anew".to_owned());
        self.digests.into_iter().collect::<Option<Vec<_>>>().ok_or_else(missing)
    }

    /// Runs of pieces that are all there or all missing, with the place of the first one. None is empty.
    fn runs(&self) -> Vec<(u64, &[Option<PieceDigest>])> {
        let mut runs = Vec::new();
        let mut first = 0;
        for run in self.digests.chunk_by(|left, right| left.is_some() == right.is_some()) {
            runs.push((first, run));
            first += run.len() as u64;
        }
        runs
    }
}

/// From hex digits. None when they are no whole digests.
pub(super) fn digests_of(text: &str) -> Option<Vec<PieceDigest>> {
    let bytes = hex::decode(text).ok()?;
    let (digests, rest) = bytes.as_chunks();
    rest.is_empty().then(|| digests.to_vec())
}
