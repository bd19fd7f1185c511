//! The metainfo of a torrent, as it is after all checks.

mod check;
mod description;
mod names;
mod read;
mod write;

pub(crate) use check::{check_announce, check_piece_size};
pub use description::Description;
pub(crate) use names::{check_component, check_paths, shown};
use serde::Serialize;
pub use write::Outside;
pub(crate) use write::{info_dictionary, metainfo_file};

/// Largest metainfo file that is read, in bytes.
pub const MAX_METAINFO_BYTES: usize = 32 << 20;
/// Most files of one torrent.
pub const MAX_FILES: usize = 200_000;
/// Most pieces of one torrent.
pub const MAX_PIECES: u64 = 1_000_000;
/// Smallest piece in bytes, as large as what one client asks another for at once (BEP 3).
pub const MIN_PIECE_BYTES: u64 = 16 << 10;
/// Largest piece in bytes that is read; ours are at most [`crate::create::LARGEST_PIECE_BYTES`].
pub const MAX_PIECE_BYTES: u64 = 128 << 20;
/// Largest sum of all files in bytes, 4 PiB: small enough that every number derived from it fits everywhere.
pub const MAX_TOTAL_BYTES: u64 = 1 << 52;
/// Most names in one path.
pub const MAX_DEPTH: usize = 64;

/// SHA-1 of one piece.
pub type PieceDigest = [u8; 20];

/// SHA-1 of the `info` dictionary, by which everyone names the torrent. Text: 40 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InfoHash(pub [u8; 20]);

impl Serialize for InfoHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl std::fmt::Display for InfoHash {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl std::fmt::Debug for InfoHash {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "InfoHash({self})")
    }
}

/// One file of a torrent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TorrentFile {
    /// Names joined by `/`, below the torrent's folder; the torrent's name when it is a single file.
    pub path: String,
    /// Length in bytes.
    pub size_bytes: u64,
    /// Zeros that fill up to the next piece and are no file on a disk (BEP 47).
    pub padding: bool,
}

/// A torrent of version 1, or the version 1 half of a hybrid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metainfo {
    /// The raw `info` dictionary; its SHA-1 is the info hash.
    pub info: Vec<u8>,
    /// Its name among peers and trackers.
    pub info_hash: InfoHash,
    /// Name of the file, or of the folder around the files. One plain name.
    pub name: String,
    /// Whether it is one file without a folder.
    pub single_file: bool,
    /// Bytes of every piece but the last; a power of two.
    pub piece_size: u64,
    /// SHA-1 of each piece.
    pub pieces: Vec<PieceDigest>,
    /// In the order in which their bytes are strung together; no path twice, none a folder of another.
    pub files: Vec<TorrentFile>,
    /// Sum of all files, padding included.
    pub total_bytes: u64,
    /// Only peers of its own trackers (BEP 27).
    pub private: bool,
    /// Whether it carries a version 2 half as well (BEP 52), which is not looked at.
    pub hybrid: bool,
    /// What makes it differ from an equal one elsewhere.
    pub source: Option<String>,
    /// The main tracker.
    pub announce: Option<String>,
    /// Tiers of trackers (BEP 12).
    pub announce_list: Vec<Vec<String>>,
    /// When it was made, Unix seconds.
    pub creation_date_s: Option<i64>,
    /// What it was made with.
    pub created_by: Option<String>,
    /// Free text.
    pub comment: Option<String>,
}

impl Metainfo {
    /// Two paths that are one where the storage does not tell capitals from small letters. Such a torrent may be kept
    /// only on storage that does.
    pub fn case_collision(&self) -> Option<(&str, &str)> {
        let mut seen = std::collections::HashMap::new();
        let kept = self.files.iter().filter(|file| !file.padding);
        kept.map(|file| file.path.as_str())
            .find_map(|path| seen.insert(path.to_lowercase(), path).map(|earlier| (earlier, path)))
    }
}
