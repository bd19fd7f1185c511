//! What can be wrong with a metainfo file or with the files that one is made of.

use lamp_files::FilesError;

/// Why a metainfo file is refused or could not be made.
#[derive(Debug, thiserror::Error)]
pub enum TorrentError {
    /// The bytes are no canonical bencode: broken off, nested too deep, keys unsorted or twice, leading zeros.
    #[error("the torrent file is not canonical bencode: {0}")]
    Bencode(String),
    /// A field does not hold what it must. Nothing of the file is taken over.
    #[error("the torrent file's `{field}` {problem}")]
    Field {
        /// Path of the field: `info.files[3].path`.
        field: String,
        /// What is wrong with it.
        problem: Problem,
    },
    /// A file of the folder cannot be in a torrent.
    #[error("`{path}` {problem}; rename or remove it")]
    Unsuitable {
        /// Path below the folder.
        path: String,
        /// What is wrong with it.
        problem: Problem,
    },
    /// Names in a folder that are not UTF-8.
    #[error("`{path}`: the name is not UTF-8 (what is not is shown as �); rename it")]
    NotUtf8 {
        /// Path below the folder, what is not UTF-8 replaced.
        path: String,
    },
    /// A symbolic link, which would mean other bytes at another place.
    #[error("`{path}` is a symbolic link; put the file itself there, or remove the link")]
    Link {
        /// Path below the folder.
        path: String,
    },
    /// A pipe, device or socket.
    #[error("`{path}` is neither file nor folder; remove it")]
    Special {
        /// Path below the folder.
        path: String,
    },
    /// Nothing to share.
    #[error("the folder holds no bytes; put files into it first")]
    Empty,
    /// Written, replaced, deleted or added while the torrent was being made, or since it was interrupted.
    #[error("`{path}` changed while the torrent was being made; start anew when nobody writes there")]
    Changed {
        /// Path below the folder.
        path: String,
    },
    /// The checkpoint was made of other files or with other options.
    #[error("the files or the options are not those of the interrupted run; start anew without its checkpoint")]
    OtherCheckpoint,
    /// An argument is wrong.
    #[error("{0}")]
    Invalid(String),
    /// Anything else about the files; also a request to stop (`Cancelled`).
    #[error(transparent)]
    Files(#[from] FilesError),
}

/// What is wrong with one field or name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It must be there.
    #[error("is missing")]
    Missing,
    /// Another type of value.
    #[error("is not {0}")]
    NotA(&'static str),
    /// A number or a length outside its bounds.
    #[error("is {found}, and must be from {least} to {most}")]
    OutOfRange {
        /// What is there; the text as it stands when it is no number that fits.
        found: String,
        /// Smallest value.
        least: u64,
        /// Largest value.
        most: u64,
    },
    /// A piece length.
    #[error("is {0}, and must be a power of two")]
    NotPowerOfTwo(u64),
    /// The number of piece hashes.
    #[error("has {found} bytes, and must have {wanted} for the sizes of the files")]
    WrongHashes {
        /// Bytes there.
        found: u64,
        /// 20 for each piece.
        wanted: u64,
    },
    /// No name for a file.
    #[error("holds the name `{name}`, which {reason}")]
    Name {
        /// The name, shortened and with control characters escaped.
        name: String,
        /// Why it is refused.
        reason: &'static str,
    },
    /// Two files with one path.
    #[error("has `{0}` twice")]
    Duplicate(String),
    /// A path that is a file and has files below it.
    #[error("has `{0}` as a file and as a folder")]
    FileIsFolder(String),
    /// Two fields that exclude each other, or disagree.
    #[error("does not agree with `{0}`")]
    Disagrees(&'static str),
    /// Valid, but not supported.
    #[error("{0}")]
    Unsupported(&'static str),
}

impl Problem {
    /// Of a named field.
    pub(crate) fn of(self, field: impl Into<String>) -> TorrentError {
        TorrentError::Field { field: field.into(), problem: self }
    }
}
