//! A metainfo file as it is shown, in JSON or as text.

use super::{InfoHash, Metainfo};
use serde::Serialize;

/// What a metainfo file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Description {
    /// 40 hex digits.
    pub info_hash: InfoHash,
    /// Name of the file, or of the folder around the files.
    pub name: String,
    /// Whether it is one file without a folder.
    pub single_file: bool,
    /// Bytes of a piece.
    pub piece_size: u64,
    /// Number of pieces.
    pub total_pieces: u64,
    /// Number of files, without padding.
    pub file_count: u64,
    /// Sum of the files in bytes, without padding.
    pub total_size_bytes: u64,
    /// Only peers of its own trackers.
    pub private: bool,
    /// Whether it has a version 2 half too.
    pub hybrid: bool,
    /// The main tracker.
    pub announce: Option<String>,
    /// Tiers of trackers.
    pub announce_list: Vec<Vec<String>>,
    /// Unix seconds.
    pub creation_date: Option<i64>,
    /// What it was made with.
    pub created_by: Option<String>,
    /// Free text.
    pub comment: Option<String>,
    /// What makes it differ from an equal one elsewhere.
    pub source: Option<String>,
    /// Two paths that differ by capitals only, where there are any.
    pub case_collision: Option<(String, String)>,
    /// In order, without padding.
    pub files: Vec<FileDescription>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileDescription {
    /// Path below the torrent's folder.
    pub path: String,
    /// Length in bytes.
    pub size_bytes: u64,
}

impl Description {
    /// Of a checked metainfo file.
    pub fn of(metainfo: &Metainfo) -> Self {
        let kept = || metainfo.files.iter().filter(|file| !file.padding);
        Self {
            info_hash: metainfo.info_hash,
            name: metainfo.name.clone(),
            single_file: metainfo.single_file,
            piece_size: metainfo.piece_size,
            total_pieces: metainfo.pieces.len() as u64,
            file_count: kept().count() as u64,
            total_size_bytes: kept().map(|file| file.size_bytes).sum(),
            private: metainfo.private,
            hybrid: metainfo.hybrid,
            announce: metainfo.announce.clone(),
            announce_list: metainfo.announce_list.clone(),
            creation_date: metainfo.creation_date_s,
            created_by: metainfo.created_by.clone(),
            comment: metainfo.comment.clone(),
            source: metainfo.source.clone(),
            case_collision: metainfo.case_collision().map(|(one, other)| (one.to_owned(), other.to_owned())),
            files: kept()
                .map(|file| FileDescription { path: file.path.clone(), size_bytes: file.size_bytes })
                .collect(),
        }
    }
}
