//! Making a torrent from a file or folder of a mount.
//!
//! The same files give the same info hash on every machine: files stand in the order of the bytes of their paths (names
//! joined by `/`), the piece size follows from the sum of the sizes, the torrent is private, and nothing else is in the
//! `info` dictionary. Names are taken as they are on the disk, not normalised. Hidden files are files. Symbolic links,
//! special files and names that other systems would take for something else are refused by name, empty folders are not
//! in a torrent. What changes while it is read is refused, too.

mod checkpoint;
mod in_order;
mod payload;
mod pieces;
mod plan;
mod reader;
mod stream;

use crate::metainfo::{Outside, check_announce, check_component, check_piece_size, info_dictionary, metainfo_file};
use crate::{MAX_METAINFO_BYTES, MAX_PIECES, Metainfo, PieceDigest, Problem, TorrentError, TorrentResult};
pub use checkpoint::CreateCheckpoint;
use lamp_files::{Control, FilesError, Meter, Mounts};
use payload::Payload;
pub use plan::{LARGEST_PIECE_BYTES, piece_size_for};
use serde::{Deserialize, Serialize};

/// What a torrent is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateRequest {
    /// Mount; needs the right read.
    pub mount: String,
    /// A file or folder in it; empty for the mount's root.
    pub path: String,
    /// Name of the torrent, and so of the folder or file at whoever downloads it.
    pub name: String,
    /// Bytes of a piece: a power of two from 16 KiB to 32 MiB. Without it [`piece_size_for`] chooses.
    #[serde(default)]
    pub piece_size: Option<u64>,
    /// Address of the one tracker.
    #[serde(default)]
    pub announce: Option<String>,
    /// Time that is noted in the file, Unix seconds.
    #[serde(default)]
    pub creation_date_s: Option<i64>,
    /// Also the SHA-1 of each whole file, from the same reading. One file is hashed by one core, so this is slower.
    #[serde(default)]
    pub file_digests: bool,
}

/// SHA-1 of a whole file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileDigest {
    /// Path below the torrent's folder.
    pub path: String,
    /// 40 lower-case hex digits.
    pub sha1_hex: String,
}

/// A torrent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// The metainfo file.
    pub bytes: Vec<u8>,
    /// The same, read.
    pub metainfo: Metainfo,
    /// Of every file in order, when asked for.
    pub file_digests: Option<Vec<FileDigest>>,
}

/// Makes a torrent. Blocks and uses all cores; for a blocking thread. `resume`: the last checkpoint of an interrupted
/// run of the same request; what it holds is not read again. Progress counts bytes and names the file.
/// Errors: `Unsuitable`, `NotUtf8`, `Link`, `Special`, `Empty` for what is in the folder; `Changed` with the file;
/// `OtherCheckpoint`; `Field` and `Invalid` for the request; `Files`, with `Cancelled` after a request to stop.
pub fn run(
    mounts: &Mounts,
    request: &CreateRequest,
    resume: Option<CreateCheckpoint>,
    control: &Control<'_, CreateCheckpoint>,
) -> TorrentResult<Created> {
    check(request)?;
    let payload = Payload::find(mounts, &request.mount, &request.path)?;
    let piece_size = match request.piece_size {
        Some(size) => size,
        None => piece_size_for(payload.total_bytes),
    };
    if payload.total_bytes.div_ceil(piece_size) > MAX_PIECES {
        return Err(TorrentError::Invalid(format!(
            "with pieces of {piece_size} bytes there are more than {MAX_PIECES} of them; choose larger pieces"
        )));
    }
    let plan = plan::Plan::new(payload, piece_size, request);
    let work = Work { mounts, plan: &plan, control, meter: Meter::new(plan.payload.total_bytes) };
    let digests = work.hash(resume)?;
    (control.progress)(work.meter.state(None));
    let now = Payload::find(mounts, &request.mount, &request.path)?;
    if let Some(path) = plan.payload.first_difference(&now) {
        return Err(TorrentError::Changed { path });
    }
    finish(&plan, request, digests)
}

fn check(request: &CreateRequest) -> TorrentResult<()> {
    check_component(request.name.as_bytes()).map_err(|problem| problem.of("info.name"))?;
    if let Some(announce) = &request.announce {
        check_announce(announce)?;
    }
    if let Some(size) = request.piece_size {
        check_piece_size(size, LARGEST_PIECE_BYTES).map_err(|problem| problem.of("info.piece length"))?;
    }
    Ok(())
}

/// What all ways of hashing need.
struct Work<'a> {
    mounts: &'a Mounts,
    plan: &'a plan::Plan,
    control: &'a Control<'a, CreateCheckpoint>,
    meter: Meter,
}

/// All digests of a payload.
struct Digests {
    pieces: Vec<PieceDigest>,
    files: Option<Vec<[u8; 20]>>,
}

impl Work<'_> {
    fn hash(&self, resume: Option<CreateCheckpoint>) -> TorrentResult<Digests> {
        if resume.as_ref().is_some_and(|checkpoint| checkpoint.fingerprint != self.plan.fingerprint) {
            return Err(TorrentError::OtherCheckpoint);
        }
        if self.plan.file_digests { in_order::run(self, resume) } else { pieces::run(self, resume) }
    }

    /// Counts bytes, tells of them, and ends the work when that is asked for.
    fn step(&self, bytes: u64, offset: u64) -> TorrentResult<()> {
        self.meter.add(bytes, self.plan.payload.path_at(offset), self.control.progress);
        if self.control.cancel.is_cancelled() { Err(FilesError::Cancelled.into()) } else { Ok(()) }
    }
}

fn finish(plan: &plan::Plan, request: &CreateRequest, digests: Digests) -> TorrentResult<Created> {
    let files = plan.payload.torrent_files(&request.name);
    let info = info_dictionary(&request.name, plan.payload.single_file, &files, plan.piece_size, &digests.pieces)?;
    let outside = Outside {
        announce: request.announce.clone(),
        creation_date_s: request.creation_date_s,
        created_by: Some(concat!("Lamphouse/", env!("CARGO_PKG_VERSION")).to_owned()),
    };
    let bytes = metainfo_file(&info, &outside)?;
    if bytes.len() > MAX_METAINFO_BYTES {
        return Err(TorrentError::Invalid(format!(
            "the torrent file would have {} bytes, and at most {MAX_METAINFO_BYTES} are read; choose larger pieces, or \
             fewer files",
            bytes.len()
        )));
    }
    // What we would refuse from others is not handed out.
    let metainfo = Metainfo::read(&bytes)?;
    let named = |digests: Vec<[u8; 20]>| {
        let pairs = files.iter().zip(digests);
        pairs.map(|(file, digest)| FileDigest { path: file.path.clone(), sha1_hex: hex::encode(digest) }).collect()
    };
    Ok(Created { bytes, metainfo, file_digests: digests.files.map(named) })
}

impl From<(&str, Problem)> for TorrentError {
    fn from((path, problem): (&str, Problem)) -> Self {
        Self::Unsuitable { path: crate::metainfo::shown(path), problem }
    }
}
