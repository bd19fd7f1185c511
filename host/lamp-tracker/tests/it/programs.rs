//! The programs people use: they meet through the tracker and download a private torrent from each other. Without a
//! program, or without an address besides the loopback, a test says so and passes.

use crate::harness::{House, TOLD, admit, settings, until};
use lamp_tracker::AccessKey;
use sha1::{Digest, Sha1};
use std::io::{BufRead, BufReader};
use std::net::{IpAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

const NAME: &str = "payload.bin";
const PIECE_BYTES: usize = 16_384;
const SCRIPT: &str = include_str!("libtorrent_client.py");
/// Debian's Python, which is the one with Debian's libtorrent.
const PYTHON: &str = "/usr/bin/python3";

/// A client at work; it ends with this.
struct Program {
    folder: TempDir,
    process: Child,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Program {
    fn start(folder: TempDir, mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).env("HOME", folder.path());
        let mut process = command.spawn().unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (output, said) = (BufReader::new(process.stdout.take().unwrap()), Arc::clone(&lines));
        std::thread::spawn(move || {
            output.lines().map_while(Result::ok).for_each(|line| said.lock().unwrap().push(line))
        });
        Self { folder, process, lines }
    }

    fn payload(&self) -> PathBuf {
        self.folder.path().join(NAME)
    }

    fn has(&self, payload: &[u8]) -> bool {
        std::fs::read(self.payload()).is_ok_and(|bytes| bytes == payload)
    }

    fn said(&self, words: &str) -> bool {
        self.lines.lock().unwrap().iter().any(|line| line.contains(words))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
        if std::thread::panicking() {
            eprintln!("{:#?}", self.lines.lock().unwrap());
        }
    }
}

/// What a client works on.
struct Work<'a> {
    payload: &'a [u8],
    announce: String,
    /// Where the client listens.
    address: IpAddr,
}

impl Work<'_> {
    /// A folder with the .torrent, and for a seeder with the payload.
    fn folder(&self, seeds: bool) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("it.torrent"), torrent(self.payload, &self.announce)).unwrap();
        if seeds {
            std::fs::write(folder.path().join(NAME), self.payload).unwrap();
        }
        folder
    }

    fn libtorrent(&self, seeds: bool) -> Program {
        let folder = self.folder(seeds);
        let mut command = Command::new(PYTHON);
        command.args(["-c", SCRIPT]).arg(folder.path().join("it.torrent")).arg(folder.path());
        command.arg(format!("{}:{}", self.address, free_port()));
        Program::start(folder, command)
    }

    fn aria2(&self) -> Program {
        let folder = self.folder(false);
        let mut command = Command::new("aria2c");
        command.args(["--no-conf", "--bt-enable-lpd=false", "--enable-peer-exchange=false", "--file-allocation=none"]);
        // Its UDP tracker client comes with the DHT, which private torrents do not use.
        command.args(["--enable-dht=true", "--seed-time=10", "--bt-max-peers=10", "--summary-interval=0"]);
        command.arg(format!("--dht-file-path={}", folder.path().join("dht").display()));
        command.arg(format!("--dht-listen-port={}", free_port())).arg(format!("--listen-port={}", free_port()));
        command.arg(format!("--dir={}", folder.path().display())).arg(folder.path().join("it.torrent"));
        Program::start(folder, command)
    }

    fn transmission(&self) -> Program {
        let folder = self.folder(false);
        let mut command = Command::new("transmission-cli");
        command.args(["--no-portmap", "--port", &free_port().to_string()]);
        command.arg("--config-dir").arg(folder.path().join("configuration"));
        command.arg("--download-dir").arg(folder.path()).arg(folder.path().join("it.torrent"));
        Program::start(folder, command)
    }
}

fn free_port() -> u16 {
    TcpListener::bind("0.0.0.0:0").unwrap().local_addr().unwrap().port()
}

/// A private torrent of one file.
fn torrent(payload: &[u8], announce: &str) -> Vec<u8> {
    let pieces: Vec<u8> = payload.chunks(PIECE_BYTES).flat_map(|piece| Sha1::digest(piece).to_vec()).collect();
    let mut torrent =
        format!("d8:announce{}:{announce}4:infod6:lengthi{}e", announce.len(), payload.len()).into_bytes();
    torrent
        .extend(format!("4:name{}:{NAME}12:piece lengthi{PIECE_BYTES}e6:pieces{}:", NAME.len(), pieces.len()).bytes());
    torrent.extend(pieces);
    torrent.extend(b"7:privatei1eee");
    torrent
}

fn payload(seed: u32) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..300_001).map(|_| next()).collect()
}

fn key(name: &str) -> String {
    AccessKey::parse(name.as_bytes()).unwrap().announce_path()
}

/// An address of this machine that is not the loopback: Transmission connects to no peer there.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    // Documentation addresses: nothing is sent, the system only says which of ours it would send from.
    socket.connect("192.0.2.1:9").ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|address| !address.is_loopback())
}

fn is_here(program: &str) -> bool {
    let found = |folder: PathBuf| folder.join(program).is_file();
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(found))
}

fn has_libtorrent() -> bool {
    let mut import = Command::new(PYTHON);
    import.args(["-c", "import libtorrent"]).stderr(Stdio::null());
    Path::new(PYTHON).is_file() && import.status().is_ok_and(|status| status.success())
}

/// The address to test on; none with a word why when something is missing.
fn ready() -> Option<IpAddr> {
    let address = own_address();
    let lacks: Vec<&str> = [
        ("aria2", is_here("aria2c")),
        ("transmission-cli", is_here("transmission-cli")),
        ("python3-libtorrent", has_libtorrent()),
        ("an address besides the loopback", address.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, here)| (!here).then_some(name))
    .collect();
    if !lacks.is_empty() {
        eprintln!("SKIPPED: clients are not tried, missing: {}", lacks.join(", "));
        return None;
    }
    address
}

fn clients_listed(house: &House) -> Vec<String> {
    let torrent = &house.tracker.torrents()[0];
    house.tracker.peers(torrent.info_hash, 50).unwrap().into_iter().filter_map(|peer| peer.client).collect()
}

#[test]
fn programs_download_from_each_other_over_http() {
    let Some(address) = ready() else { return };
    let house = House::on("0.0.0.0:0", settings());
    house.keys.set("c", admit("site-c"));
    let payload = payload(1);
    let work = |name: &str| Work {
        payload: &payload,
        announce: format!("http://{address}:{}{}", house.http.port(), key(name)),
        address,
    };
    let _seeder = work("a").libtorrent(true);
    until("the seeder is listed", || house.tracker.torrents().iter().any(|torrent| torrent.counts.seeders == 1));
    let leechers = [work("b").aria2(), work("c").transmission()];
    until("both have it", || leechers.iter().all(|leecher| leecher.has(&payload)));
    let clients = clients_listed(&house);
    for client in ["-LT", "A2-", "-TR"] {
        assert!(clients.iter().any(|listed| listed.starts_with(client)), "{client} in {clients:?}");
    }
    until("both say so", || house.tracker.torrents()[0].counts.completed == 2);
    let statistics = house.tracker.statistics();
    assert_eq!((statistics.http.refused, statistics.http.malformed, statistics.udp.admitted), (0, 0, 0));
}

#[test]
fn programs_download_from_each_other_over_udp() {
    let Some(address) = ready() else { return };
    let house = House::on("0.0.0.0:0", settings());
    house.keys.set("", admit("by-address"));
    let payload = payload(2);
    let work = |name: &str| Work {
        payload: &payload,
        announce: format!("udp://{address}:{}{}", house.udp.port(), key(name)),
        address,
    };
    let _seeder = work("a").libtorrent(true);
    until("the seeder is listed", || house.tracker.torrents().iter().any(|torrent| torrent.counts.seeders == 1));
    let leechers = [work("b").libtorrent(false), work("b").aria2(), work("b").transmission()];
    until("all have it", || leechers.iter().all(|leecher| leecher.has(&payload)));
    until("libtorrent says so", || house.tracker.torrents()[0].counts.completed >= 1);
    let subjects: Vec<(String, bool)> =
        house.tracker.subjects().into_iter().map(|view| (view.subject, view.admitted > 0)).collect();
    let expected = ["by-address", "site-a", "site-b"].map(|name| (name.to_owned(), true));
    assert_eq!(subjects, expected, "libtorrent sends its key, the others have none over UDP");
    let statistics = house.tracker.statistics();
    assert_eq!((statistics.udp.refused, statistics.udp.malformed, statistics.http.admitted), (0, 0, 0));
}

#[test]
fn a_program_with_a_wrong_key_is_told_so() {
    if ready().is_none() {
        return;
    }
    // On the loopback, where libtorrent calls only paths that begin with /announce.
    let house = House::new();
    let payload = payload(3);
    // Over UDP this version shows the refusal and loses its text, which it takes for empty.
    let told = [("http", house.http.port(), TOLD), ("udp", house.udp.port(), "tracker sent a failure message")];
    for (transport, port, told) in told {
        let work = |name: &str| Work {
            payload: &payload,
            announce: format!("{transport}://127.0.0.1:{port}{}", key(name)),
            address: [127, 0, 0, 1].into(),
        };
        let _seeder = work("a").libtorrent(true);
        until("the seeder is listed", || house.tracker.torrents().iter().any(|torrent| torrent.counts.seeders > 0));
        let stranger = work("wrong").libtorrent(false);
        until("it says why", || stranger.said(told));
        assert!(!stranger.payload().exists());
    }
    assert_eq!(house.tracker.torrents()[0].counts.leechers, 0);
    assert_eq!(house.tracker.statistics().refused_by_reason.keys().collect::<Vec<_>>(), ["unknown key"]);
}
