//! Writing: the `info` dictionary, and what stands around it.

use super::{Metainfo, PieceDigest, TorrentFile};
use crate::{TorrentError, TorrentResult};
use bendy::encoding::{Encoder, Error, SortedDictEncoder};

impl From<Error> for TorrentError {
    fn from(error: Error) -> Self {
        Self::Invalid(format!("the torrent file could not be written down: {error}"))
    }
}

/// What stands outside `info` and has no part in the info hash.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outside {
    /// Address of the tracker.
    pub announce: Option<String>,
    /// When it was made, Unix seconds.
    pub creation_date_s: Option<i64>,
    /// What it was made with.
    pub created_by: Option<String>,
}

impl Metainfo {
    /// A metainfo file with this `info`, byte for byte, and other fields around it: a site gets the torrent with its own
    /// announce address. Errors: `Field` for the address.
    pub fn with_outside(&self, outside: &Outside) -> TorrentResult<Vec<u8>> {
        metainfo_file(&self.info, outside)
    }
}

/// A whole metainfo file.
pub(crate) fn metainfo_file(info: &[u8], outside: &Outside) -> TorrentResult<Vec<u8>> {
    if let Some(announce) = &outside.announce {
        super::check_announce(announce)?;
    }
    let mut encoder = Encoder::new();
    encoder.emit_dict(|mut fields| {
        if let Some(announce) = &outside.announce {
            fields.emit_pair(b"announce", announce)?;
        }
        if let Some(created_by) = &outside.created_by {
            fields.emit_pair(b"created by", created_by)?;
        }
        if let Some(seconds) = outside.creation_date_s {
            fields.emit_pair(b"creation date", seconds)?;
        }
        Ok(())
    })?;
    let mut bytes = encoder.get_output()?;
    // `info` goes in as it is, as the last key: all others sort before it.
    bytes.pop();
    bytes.extend_from_slice(b"4:info");
    bytes.extend_from_slice(info);
    bytes.push(b'e');
    Ok(bytes)
}

/// The `info` dictionary of a private torrent. `files`: in order; exactly one when `single_file`.
pub(crate) fn info_dictionary(
    name: &str,
    single_file: bool,
    files: &[TorrentFile],
    piece_size: u64,
    pieces: &[PieceDigest],
) -> TorrentResult<Vec<u8>> {
    let mut encoder = Encoder::new();
    encoder.emit_dict(|mut info| {
        match files {
            [file] if single_file => info.emit_pair(b"length", file.size_bytes)?,
            _ => info.emit_pair_with(b"files", |list| {
                list.emit_list(|list| files.iter().try_for_each(|file| list.emit_dict(|entry| write_file(entry, file))))
            })?,
        }
        info.emit_pair(b"name", name)?;
        info.emit_pair(b"piece length", piece_size)?;
        info.emit_pair_with(b"pieces", |value| value.emit_bytes(pieces.as_flattened()))?;
        info.emit_pair(b"private", 1_u8)
    })?;
    Ok(encoder.get_output()?)
}

fn write_file(mut entry: SortedDictEncoder<'_>, file: &TorrentFile) -> Result<(), Error> {
    entry.emit_pair(b"length", file.size_bytes)?;
    entry.emit_pair_with(b"path", |value| {
        value.emit_list(|names| file.path.split('/').try_for_each(|name| names.emit_str(name)))
    })
}
