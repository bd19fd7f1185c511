//! Numbers of a metainfo file, and addresses of trackers.

use super::{MAX_PIECE_BYTES, MAX_PIECES, MAX_TOTAL_BYTES, MIN_PIECE_BYTES};
use crate::{Problem, TorrentResult};

/// Longest address of a tracker in bytes.
const MAX_ADDRESS_BYTES: usize = 2_048;

/// A power of two within the bounds of this crate.
pub(crate) fn check_piece_size(size: u64, most: u64) -> Result<(), Problem> {
    if !(MIN_PIECE_BYTES..=most).contains(&size) {
        return Err(Problem::OutOfRange { found: size.to_string(), least: MIN_PIECE_BYTES, most });
    }
    if size.is_power_of_two() { Ok(()) } else { Err(Problem::NotPowerOfTwo(size)) }
}

/// The sum of all sizes. Shape: 1 to [`MAX_TOTAL_BYTES`].
pub(super) fn total(sizes: impl Iterator<Item = u64>) -> TorrentResult<u64> {
    let range = |found| Problem::OutOfRange { found, least: 1, most: MAX_TOTAL_BYTES }.of("info (sum of the lengths)");
    let mut total = 0_u64;
    for size in sizes {
        total = total
            .checked_add(size)
            .filter(|total| *total <= MAX_TOTAL_BYTES)
            .ok_or_else(|| range(format!("more than {total}")))?;
    }
    if total == 0 { Err(range("0".to_owned())) } else { Ok(total) }
}

/// Piece length and hashes fit the sum of the files.
pub(super) fn pieces(piece_size: u64, total_bytes: u64, hash_bytes: usize) -> TorrentResult<()> {
    check_piece_size(piece_size, MAX_PIECE_BYTES).map_err(|problem| problem.of("info.piece length"))?;
    let count = total_bytes.div_ceil(piece_size);
    if count > MAX_PIECES {
        let problem = Problem::OutOfRange { found: count.to_string(), least: 1, most: MAX_PIECES };
        return Err(problem.of("info (number of pieces)"));
    }
    let (found, wanted) = (hash_bytes as u64, count * 20);
    if found == wanted { Ok(()) } else { Err(Problem::WrongHashes { found, wanted }.of("info.pieces")) }
}

/// The address of a tracker: UTF-8 without blanks and control characters.
pub(super) fn address(field: &str, bytes: &[u8]) -> TorrentResult<String> {
    let text = std::str::from_utf8(bytes).map_err(|_| Problem::NotA("UTF-8 text").of(field))?;
    if text.is_empty() || text.len() > MAX_ADDRESS_BYTES {
        let found = text.len().to_string();
        return Err(
            Problem::OutOfRange { found, least: 1, most: MAX_ADDRESS_BYTES as u64 }.of(format!("{field} (bytes)"))
        );
    }
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(Problem::NotA("an address without blanks and control characters").of(field));
    }
    Ok(text.to_owned())
}

/// The address of a tracker that we write: also of a kind that clients ask. Errors: `Field`.
pub(crate) fn check_announce(announce: &str) -> TorrentResult<()> {
    let field = "announce";
    let text = address(field, announce.as_bytes())?;
    let rest = ["http://", "https://", "udp://"].iter().find_map(|scheme| text.strip_prefix(scheme));
    match rest {
        Some(rest) if !rest.is_empty() && !rest.starts_with('/') => Ok(()),
        _ => Err(Problem::NotA("the address of a tracker: http://HOST/announce, https:// or udp://").of(field)),
    }
}
