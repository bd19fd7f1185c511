//! `lamphouse torrent`: the creator of the server, without a server.

use crate::cli::Torrent;
use anyhow::Context;
use lamp_core::operation::OperationProgress;
use lamp_files::{Control, FilesError, HardLinks, MountConfig, Mounts, Right};
use lamp_torrent::create::{self, CreateRequest, Created};
use lamp_torrent::{Description, MAX_METAINFO_BYTES, Metainfo, TorrentError};
use std::io::{ErrorKind, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use tokio_util::sync::CancellationToken;

/// Name of the mount that stands for the folder of this command; it shows in messages.
const MOUNT: &str = "folder";

pub async fn run(data: &Path, command: Torrent) -> anyhow::Result<()> {
    match command {
        Torrent::Create { folder, out, piece_size, announce, force } => {
            check_place(&out, force)?;
            let source = Source::find(&folder)?;
            let request = source.request(piece_size, announce);
            let mounts = source.mounts(data)?;
            let began = Instant::now();
            let created = in_background(mounts, request).await?;
            write(&out, &created.bytes, force)?;
            report(&created.metainfo, &out, began);
            Ok(())
        }
        Torrent::Show { file, json } => show(&file, json),
    }
}

/// What is to be shared: a folder that serves as a mount, and the file in it when it is a single one.
struct Source {
    root: PathBuf,
    path: String,
    name: String,
}

impl Source {
    fn find(given: &Path) -> anyhow::Result<Self> {
        let real = given.canonicalize().with_context(|| format!("open {}", given.display()))?;
        let name =
            real.file_name().with_context(|| format!("{} has no name; choose a folder below it", real.display()))?;
        let name = name.to_str().with_context(|| format!("the name of {} is not UTF-8; rename it", real.display()))?;
        let name = name.to_owned();
        if real.is_dir() {
            return Ok(Self { root: real, path: String::new(), name });
        }
        let parent = real.parent().with_context(|| format!("{} lies in no folder", real.display()))?;
        Ok(Self { root: parent.to_owned(), path: name.clone(), name })
    }

    fn request(&self, piece_size: Option<u64>, announce: Option<String>) -> CreateRequest {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok();
        CreateRequest {
            mount: MOUNT.to_owned(),
            path: self.path.clone(),
            name: self.name.clone(),
            piece_size,
            announce,
            creation_date_s: now.and_then(|since| i64::try_from(since.as_secs()).ok()),
            file_digests: false,
        }
    }

    fn mounts(&self, data: &Path) -> anyhow::Result<Mounts> {
        let mounts = Mounts::new(std::path::absolute(data).unwrap_or_else(|_| data.to_owned()));
        mounts.replace(vec![MountConfig {
            name: MOUNT.to_owned(),
            root: self.root.clone(),
            rights: [Right::Read].into(),
            hard_links: HardLinks::Read,
            identity: None,
        }])?;
        Ok(mounts)
    }
}

/// Hashes on threads of its own; Ctrl-C ends it.
async fn in_background(mounts: Mounts, request: CreateRequest) -> anyhow::Result<Created> {
    let cancel = CancellationToken::new();
    let token = cancel.clone();
    let shows_progress = std::io::stderr().is_terminal();
    let mut work = tokio::task::spawn_blocking(move || {
        let progress = |state: OperationProgress| {
            if shows_progress {
                show_progress(&state);
            }
        };
        let control = Control { progress: &progress, checkpoint: &|_| {}, cancel: &token };
        create::run(&mounts, &request, None, &control)
    });
    let done = tokio::select! {
        done = &mut work => done,
        _ = tokio::signal::ctrl_c() => {
            cancel.cancel();
            work.await
        }
    };
    if shows_progress {
        eprint!("\r\x1b[K");
    }
    match done.context("the thread that hashes ended early")? {
        Err(TorrentError::Files(FilesError::Cancelled)) => anyhow::bail!("stopped; nothing was written"),
        other => Ok(other?),
    }
}

/// One line that is written over and over.
fn show_progress(state: &OperationProgress) {
    let percent = state.done_bytes.saturating_mul(100).checked_div(state.total_bytes).unwrap_or(0);
    // A file's name can hold anything; a terminal must not obey it.
    let name: String = state.current.as_deref().unwrap_or("").chars().filter(|c| !c.is_control()).take(60).collect();
    eprint!("\r\x1b[K{percent:3} % of {} MB  {name}", state.total_bytes / 1_000_000);
}

/// Whether the file can be written, asked before hours of hashing.
fn check_place(out: &Path, force: bool) -> anyhow::Result<()> {
    let folder = folder_of(out);
    if !folder.is_dir() {
        anyhow::bail!("there is no folder {}; make it first", folder.display());
    }
    if out.is_dir() {
        anyhow::bail!("{} is a folder; name the torrent file to write", out.display());
    }
    refuse_existing(out, force)
}

fn folder_of(out: &Path) -> &Path {
    match out.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn refuse_existing(out: &Path, force: bool) -> anyhow::Result<()> {
    if !force && out.symlink_metadata().is_ok() {
        anyhow::bail!("{} is there already; choose another name, or --force to replace it", out.display());
    }
    Ok(())
}

/// Writes the file beside its place and moves it there when it is on the disk: it is there whole or not at all.
fn write(out: &Path, bytes: &[u8], force: bool) -> anyhow::Result<()> {
    let folder = folder_of(out);
    let doing = || format!("write {}", out.display());
    let mut temporary = tempfile::Builder::new()
        .prefix(".lamp-torrent-")
        .suffix(".partial")
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
        .tempfile_in(folder)
        .with_context(doing)?;
    temporary.write_all(bytes).with_context(doing)?;
    temporary.as_file().sync_all().with_context(doing)?;
    let moved = if force { temporary.persist(out) } else { temporary.persist_noclobber(out) };
    match moved.map_err(|error| error.error) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => refuse_existing(out, force)?,
        other => drop(other.with_context(doing)?),
    }
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).with_context(doing)
}

fn report(metainfo: &Metainfo, out: &Path, began: Instant) {
    println!("{}  {}", metainfo.info_hash, out.display());
    let seconds = began.elapsed().as_secs_f64();
    eprintln!(
        "{} files, {} bytes, {} pieces of {} bytes, {seconds:.1} s",
        metainfo.files.len(),
        metainfo.total_bytes,
        metainfo.pieces.len(),
        metainfo.piece_size
    );
    if let Some((one, other)) = metainfo.case_collision() {
        eprintln!("`{one}` and `{other}` are one file where capitals do not count, as on Windows; rename one of them");
    }
}

fn show(file: &Path, json: bool) -> anyhow::Result<()> {
    let reading = || format!("read {}", file.display());
    let source = std::fs::File::open(file).with_context(reading)?;
    let mut bytes = Vec::new();
    // One byte more than is read, so that a larger file is told from one that just fits.
    source.take(MAX_METAINFO_BYTES as u64 + 1).read_to_end(&mut bytes).with_context(reading)?;
    let description = Description::of(&Metainfo::read(&bytes).with_context(reading)?);
    let text = if json { serde_json::to_string_pretty(&description)? + "\n" } else { description.to_string() };
    match std::io::stdout().write_all(text.as_bytes()) {
        // Whoever reads a long list may have seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.context("print what the file says"),
    }
}
