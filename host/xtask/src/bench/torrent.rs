//! Making a torrent of 4 GiB that lie in memory, against `mktorrent` and `transmission-create` on the same files.

use super::row::Row;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Large files, and how much each is longer than the one before, so that none ends with a piece.
const LARGE_FILES: u64 = 8;
const LARGE_BYTES: u64 = 512 << 20;
const LONGER_BYTES: u64 = 77_777;
/// Small files beside them.
const SMALL_FILES: u64 = 4;
const SMALL_BYTES: u64 = 20_000;
/// Bytes of a piece, for all programs.
const PIECE_BYTES: u64 = 4 << 20;
/// How often each program runs, in turns.
const ROUNDS: usize = 5;

/// Measures in a folder that is empty.
pub fn rows(program: &Path, folder: &Path) -> Result<Vec<Row>> {
    let payload = folder.join("payload");
    let bytes = fill(&payload)?;
    let contest = Contest { program, folder, payload: &payload };
    let [mut ours, mut mktorrent, mut transmission] = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        ours.push(contest.time("ours", contest.ours())?);
        mktorrent.push(contest.time("mktorrent", contest.mktorrent())?);
        transmission.push(contest.time("transmission", contest.transmission())?);
    }
    let (ours_hash, theirs_hash) = (contest.info_hash("ours")?, contest.info_hash("mktorrent")?);
    if ours_hash != theirs_hash {
        bail!("the torrent of mktorrent has the info hash {theirs_hash}, and ours {ours_hash}");
    }
    let [ours, mktorrent, transmission] = [ours, mktorrent, transmission].map(median);
    let speed = bytes as f64 / ours / 1e9;
    let note = |theirs: f64| format!("{ours:.2} s ({speed:.2} GB/s) against {theirs:.2} s, median of {ROUNDS}");
    let (to_mktorrent, to_transmission) = if has_wide_lanes() { (">= 1x", ">= 2.5x") } else { (">= 0.95x", "") };
    let ratio = |theirs: f64| format!("{:.2}x", theirs / ours);
    Ok(vec![
        Row::new(
            "making a torrent of 4 GiB in memory, as fast as mktorrent on all cores",
            ratio(mktorrent),
            to_mktorrent,
            note(mktorrent),
        ),
        Row::new(
            "making the same torrent, as fast as transmission-create",
            ratio(transmission),
            to_transmission,
            note(transmission),
        ),
    ])
}

/// Writes the files, and waits until they are on the disk: writing behind must not disturb. Shape: bytes in all.
fn fill(payload: &Path) -> Result<u64> {
    std::fs::create_dir_all(payload).with_context(|| format!("make {}", payload.display()))?;
    let large = (0..LARGE_FILES).map(|number| (format!("large-{number}.bin"), LARGE_BYTES + number * LONGER_BYTES));
    let small = (0..SMALL_FILES).map(|number| (format!("small-{number}.xml"), SMALL_BYTES));
    let mut bytes = 0;
    for (name, size) in large.chain(small) {
        let path = payload.join(name);
        write_noise(&path, size, bytes).with_context(|| format!("write {}", path.display()))?;
        bytes += size;
    }
    Ok(bytes)
}

/// A file of which no two blocks are equal.
fn write_noise(path: &Path, size: u64, seed: u64) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    let mut state = seed | 1;
    let mut block = vec![0_u8; 1 << 20];
    for word in block.as_chunks_mut::<8>().0 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        *word = state.to_le_bytes();
    }
    let mut left = size;
    while left > 0 {
        block[..8].copy_from_slice(&left.to_le_bytes());
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(block.len());
        file.write_all(&block[..length])?;
        left -= length as u64;
    }
    file.sync_all()
}

/// The programs on one payload.
struct Contest<'a> {
    program: &'a Path,
    folder: &'a Path,
    payload: &'a Path,
}

impl Contest<'_> {
    const ANNOUNCE: &'static str = "http://127.0.0.1:10859/announce";

    fn torrent(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.torrent"))
    }

    fn ours(&self) -> Command {
        let mut command = Command::new(self.program);
        command.args(["torrent", "create"]).arg(self.payload).arg("--out").arg(self.torrent("ours"));
        command.args(["--piece-size", &PIECE_BYTES.to_string(), "--announce", Self::ANNOUNCE, "--force"]);
        command
    }

    fn mktorrent(&self) -> Command {
        let cores = std::thread::available_parallelism().map_or(1, usize::from).to_string();
        let mut command = Command::new("mktorrent");
        command.args(["-p", "-t", &cores, "-l", &PIECE_BYTES.ilog2().to_string(), "-a", Self::ANNOUNCE, "-o"]);
        command.arg(self.torrent("mktorrent")).arg(self.payload);
        command
    }

    fn transmission(&self) -> Command {
        let mut command = Command::new("transmission-create");
        command.args(["-p", "-s", &(PIECE_BYTES / 1024).to_string(), "-t", Self::ANNOUNCE, "-o"]);
        command.arg(self.torrent("transmission")).arg(self.payload);
        command
    }

    /// Seconds of one run.
    fn time(&self, name: &str, mut command: Command) -> Result<f64> {
        let path = self.torrent(name);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("remove {}", path.display()));
            }
            _ => {}
        }
        let began = Instant::now();
        let output = command.stdin(Stdio::null()).output().with_context(|| format!("start {name}; ./x installs it"))?;
        let seconds = began.elapsed().as_secs_f64();
        if !output.status.success() {
            bail!("{name}: {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(seconds)
    }

    /// Info hash of a torrent file, as our program reads it.
    fn info_hash(&self, name: &str) -> Result<String> {
        let mut command = Command::new(self.program);
        let output = command.args(["torrent", "show", "--json"]).arg(self.torrent(name)).output();
        let output = output.with_context(|| format!("start {}", self.program.display()))?;
        let shown: Value = serde_json::from_slice(&output.stdout)
            .with_context(|| format!("read {name}.torrent: {}", String::from_utf8_lossy(&output.stderr).trim()))?;
        Ok(shown["info_hash"].as_str().unwrap_or_default().to_owned())
    }
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

/// Whether the processor has registers in which many SHA-1 fit side by side.
fn has_wide_lanes() -> bool {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let flags = text.lines().find(|line| line.starts_with("flags")).unwrap_or_default();
    flags.split(' ').any(|flag| flag == "avx2")
}
