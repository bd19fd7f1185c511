//! How a payload is cut into pieces, and by what a later run knows it again.

use super::CreateRequest;
use super::payload::Payload;
use crate::MIN_PIECE_BYTES;
use sha1::{Digest as _, Sha1};

/// Largest piece that we make: larger ones are not read by every client.
pub const LARGEST_PIECE_BYTES: u64 = 32 << 20;
/// Most pieces while pieces can still grow.
const MOST_PIECES: u64 = 2_500;

/// The piece size for a sum of sizes: the smallest power of two from 16 KiB to 32 MiB that gives at most 2,500 pieces,
/// so that there are 1,250 to 2,500 of them between 40 MB and 84 GB. Below there are fewer and above more.
pub fn piece_size_for(total_bytes: u64) -> u64 {
    let mut size = MIN_PIECE_BYTES;
    while size < LARGEST_PIECE_BYTES && total_bytes.div_ceil(size) > MOST_PIECES {
        size *= 2;
    }
    size
}

/// A payload with what is to be done with it.
pub(super) struct Plan {
    pub payload: Payload,
    pub piece_size: u64,
    pub file_digests: bool,
    /// SHA-1 of options, paths, sizes and times, as hex digits.
    pub fingerprint: String,
}

impl Plan {
    pub fn new(payload: Payload, piece_size: u64, request: &CreateRequest) -> Self {
        let fingerprint = fingerprint(&payload, piece_size, request.file_digests);
        Self { payload, piece_size, file_digests: request.file_digests, fingerprint }
    }

    /// Number of pieces.
    pub fn pieces(&self) -> u64 {
        self.payload.total_bytes.div_ceil(self.piece_size)
    }

    /// Bytes of one piece; the last one can be shorter.
    pub fn piece_length(&self, piece: u64) -> u64 {
        let start = piece.saturating_mul(self.piece_size);
        self.payload.total_bytes.saturating_sub(start).min(self.piece_size)
    }
}

fn fingerprint(payload: &Payload, piece_size: u64, file_digests: bool) -> String {
    let mut hasher = Sha1::new();
    hasher.update(format!("{piece_size} {file_digests}\n"));
    for file in &payload.files {
        hasher.update(format!("{} {} {}\0", file.stat.size_bytes, file.stat.modified_ms, file.path));
    }
    hex::encode(hasher.finalize())
}
