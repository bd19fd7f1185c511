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

/// As text, a line for each fact and one for each file; control characters of texts are escaped.
impl std::fmt::Display for Description {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let yes = |yes: bool| if yes { "yes" } else { "no" };
        let mut line = |name: &str, value: &dyn std::fmt::Display| writeln!(formatter, "{name:<14}{value}");
        line("info hash", &self.info_hash)?;
        line("name", &self.name)?;
        line("pieces", &format_args!("{} of {} bytes", self.total_pieces, self.piece_size))?;
        line("size", &format_args!("{} bytes in {} files", self.total_size_bytes, self.file_count))?;
        line("private", &yes(self.private))?;
        if self.hybrid {
            line("hybrid", &"yes; its version 2 half is not used")?;
        }
        let texts = [
            ("created by", &self.created_by),
            ("comment", &self.comment),
            ("source", &self.source),
            ("announce", &self.announce),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                line(name, &text.escape_debug())?;
            }
        }
        for tier in &self.announce_list {
            line("trackers", &tier.join(" "))?;
        }
        if let Some(seconds) = self.creation_date {
            line("created", &format_args!("{seconds} (Unix seconds)"))?;
        }
        if let Some((one, other)) = &self.case_collision {
            line("note", &format_args!("`{one}` and `{other}` differ by capitals only"))?;
        }
        self.files.iter().try_for_each(|file| writeln!(formatter, "{:>16}  {}", file.size_bytes, file.path))
    }
}
