//! The other programs. Each answers none when it is not installed.

use super::folder::{ANNOUNCE, Folder, PIECE_BYTES};
use lamp_torrent::Metainfo;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

/// What a program printed. None when it is missing.
#[track_caller]
fn output(command: &mut Command) -> Option<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = match command.output() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            eprintln!("SKIPPED: {name} is not installed, so nothing was compared with it");
            return None;
        }
        other => other.unwrap(),
    };
    let (text, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{name}: {}\n{text}{errors}", output.status);
    Some(text.into_owned())
}

fn made(folder: &Folder, name: &str) -> Metainfo {
    Metainfo::read(&std::fs::read(folder.beside(name)).unwrap()).unwrap()
}

pub fn mktorrent(folder: &Folder) -> Option<Metainfo> {
    let power = PIECE_BYTES.ilog2().to_string();
    let mut command = Command::new("mktorrent");
    command.args(["-p", "-l", &power, "-a", ANNOUNCE, "-o"]).arg(folder.beside("mktorrent.torrent")).arg(folder.root());
    output(&mut command)?;
    Some(made(folder, "mktorrent.torrent"))
}

pub fn transmission_create(folder: &Folder) -> Option<Metainfo> {
    let kibibytes = (PIECE_BYTES / 1024).to_string();
    let mut command = Command::new("transmission-create");
    command.args(["-p", "-s", &kibibytes, "-t", ANNOUNCE, "-o"]).arg(folder.beside("transmission.torrent"));
    output(command.arg(folder.root()))?;
    Some(made(folder, "transmission.torrent"))
}

pub fn transmission_show(torrent: &Path) -> Option<String> {
    output(Command::new("transmission-show").arg(torrent))
}

/// Lets libtorrent read a torrent file and hash the files by it. Shape: `info hash, pieces, files, good or bad`.
pub fn libtorrent(torrent: &Path, folder: &Folder) -> Option<String> {
    const SCRIPT: &str = "
import sys
try:
    import libtorrent as lt
except ImportError:
    print('missing')
    sys.exit(0)
info = lt.torrent_info(sys.argv[1])
again = lt.create_torrent(info.files(), info.piece_length(), flags=lt.create_torrent.v1_only)
lt.set_piece_hashes(again, sys.argv[2])
ours = [info.hash_for_piece(piece) for piece in range(info.num_pieces())]
theirs = lt.bdecode(lt.bencode(again.generate()))[b'info'][b'pieces']
print(info.info_hash(), info.num_pieces(), info.num_files(), 'good' if b''.join(ours) == theirs and info.priv() else 'bad')
";
    let parent = folder.beside("");
    // Debian's own Python: its packages are not seen by others that may come first in the path.
    let answer =
        output(Command::new("/usr/bin/python3").args(["-W", "ignore", "-c", SCRIPT]).arg(torrent).arg(parent))?;
    if answer.trim() == "missing" {
        eprintln!("SKIPPED: python3-libtorrent is not installed, so nothing was compared with it");
        return None;
    }
    Some(answer)
}
