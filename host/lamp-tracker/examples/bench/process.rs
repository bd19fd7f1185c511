//! The trackers as processes, and what they use.

use crate::{TORRENTS, info_hash};
use anyhow::{Context, Result, bail};
use std::fmt::Write;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Ticks of processor time in a second, as Linux counts them for every program.
const TICKS: f64 = 100.0;

pub struct Server {
    pub name: &'static str,
    pub udp: SocketAddr,
    pub http: SocketAddr,
    process: Child,
    /// Configuration, for as long as it runs.
    _folder: Option<tempfile::TempDir>,
}

impl Server {
    /// This program with `serve`.
    pub fn ours() -> Result<Self> {
        let program = std::env::current_exe()?;
        let mut process = Command::new(program).arg("serve").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().context("no output")?).read_line(&mut line)?;
        let (udp, http) = line.trim().split_once(' ').context("no addresses")?;
        Ok(Self { name: "ours", udp: udp.parse()?, http: http.parse()?, process, _folder: None })
    }

    /// Debian's opentracker, which answers for listed torrents only; none where it is not installed.
    pub fn opentracker() -> Result<Option<Self>> {
        let folder = tempfile::tempdir()?;
        let mut list = String::new();
        for number in 0..TORRENTS {
            writeln!(list, "{}", info_hash(number))?;
        }
        let whitelist = folder.path().join("torrents");
        std::fs::write(&whitelist, list)?;
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let configuration = folder.path().join("opentracker.conf");
        let text = format!("listen.tcp_udp {address}\naccess.whitelist {}\n", whitelist.display());
        std::fs::write(&configuration, text)?;
        let mut command = Command::new("opentracker");
        command.arg("-f").arg(&configuration).stdout(Stdio::null()).stderr(Stdio::null());
        let process = match command.spawn() {
            Ok(process) => process,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).context("start opentracker"),
        };
        let server = Self { name: "opentracker", udp: address, http: address, process, _folder: Some(folder) };
        server.wait()?;
        Ok(Some(server))
    }

    /// Waits until connect requests are answered.
    fn wait(&self) -> Result<()> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.set_read_timeout(Some(Duration::from_millis(50)))?;
        for _ in 0..200 {
            socket.send_to(&crate::udp::connect_packet(), self.udp)?;
            if socket.recv(&mut [0; 64]).is_ok() {
                return Ok(());
            }
        }
        bail!("{} does not answer", self.name)
    }

    /// Processor time used since its start.
    pub fn cpu_seconds(&self) -> Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        let fields = stat.rsplit_once(')').context("no fields")?.1;
        let ticks: Result<Vec<f64>, _> = fields.split_whitespace().skip(11).take(2).map(str::parse).collect();
        Ok(ticks?.iter().sum::<f64>() / TICKS)
    }

    /// Resident memory.
    pub fn resident_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1_024
    }

    /// Ends it.
    pub fn stop(mut self) -> Result<()> {
        // Ours ends with its input; the other one has none.
        if self.process.stdin.take().is_none() {
            self.process.kill()?;
        }
        self.process.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended where all went well.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
