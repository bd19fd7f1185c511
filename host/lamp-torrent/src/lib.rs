//! Torrents: the metainfo file of BitTorrent version 1 (BEP 3, 12, 27) read with care and written, and the creator that
//! makes one from a folder of a mount.
//!
//! [`Metainfo::read`] is the one door for metainfo from outside: what it lets through has sound numbers and names, and
//! nothing else may be handed to a torrent engine. [`create::run`] hashes on all cores, as the processor does it best;
//! the same files give the same info hash on every machine.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod create;
mod error;
mod lanes;
mod metainfo;
#[cfg(test)]
mod tests;

pub use error::{Problem, TorrentError};
pub use metainfo::{
    Description, InfoHash, MAX_DEPTH, MAX_FILES, MAX_METAINFO_BYTES, MAX_PIECE_BYTES, MAX_PIECES, MAX_TOTAL_BYTES,
    MIN_PIECE_BYTES, Metainfo, Outside, PieceDigest, TorrentFile,
};

/// Result of this crate's functions.
pub type TorrentResult<T> = Result<T, TorrentError>;
