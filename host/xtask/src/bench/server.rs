//! A data folder with the program's command line, and a server on it.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Ticks a second in `/proc`, the same on every Linux that people use.
const TICKS_PER_SECOND: f64 = 100.0;

/// A data folder.
pub struct House {
    program: PathBuf,
    folder: PathBuf,
}

impl House {
    /// In a folder that is empty.
    pub fn new(program: PathBuf, folder: PathBuf) -> Self {
        Self { program, folder }
    }

    fn start(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.env_remove("DATABASE_URL").args(words).arg("--data").arg(self.folder.join("data"));
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        command
    }

    /// What a command printed. Errors: it failed.
    pub fn command(&self, words: &[&str]) -> Result<String> {
        let output = self.start(words).output().with_context(|| format!("start {}", self.program.display()))?;
        if !output.status.success() {
            bail!("{}: {}", words.join(" "), String::from_utf8_lossy(&output.stderr).trim());
        }
        String::from_utf8(output.stdout).context("read what the command printed")
    }

    /// A server on a free port, when it has said where it listens.
    pub fn serve(&self) -> Result<Server> {
        let log = std::fs::File::create(self.folder.join("server.log")).context("make the server's log")?;
        let mut child = self
            .start(&["serve", "--listen", "127.0.0.1:0", "--requests-per-second", "0"])
            .stderr(log)
            .spawn()
            .with_context(|| format!("start {}", self.program.display()))?;
        let output = child.stdout.take().context("read what the server prints")?;
        let mut server = Server { child, address: String::new() };
        let mut lines = BufReader::new(output).lines();
        let line = lines.next().context("the server ended at once; its log tells why")?.context("read its address")?;
        let (_, address) = line.split_once("listens on http://").with_context(|| format!("no address in `{line}`"))?;
        server.address = address.trim().to_owned();
        std::thread::spawn(move || lines.for_each(drop));
        Ok(server)
    }
}

/// A running server; ended when dropped.
pub struct Server {
    child: Child,
    /// Address and port.
    pub address: String,
}

impl Server {
    /// Seconds of processor time it has used, its threads together.
    pub fn cpu_seconds(&self) -> Result<f64> {
        let path = format!("/proc/{}/stat", self.child.id());
        let text = std::fs::read_to_string(&path).with_context(|| format!("read {path}"))?;
        // The name of the program is in brackets and may hold spaces; user and system time are the 14th and 15th field.
        let (_, fields) = text.rsplit_once(')').with_context(|| format!("{path} holds no name"))?;
        let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>).sum::<Result<u64, _>>();
        Ok(ticks.with_context(|| format!("{path} holds no times"))? as f64 / TICKS_PER_SECOND)
    }

    /// Tells it to end, and waits.
    pub fn stop(mut self) -> Result<()> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().context("tell the server to end")?;
        for _ in 0..1_000 {
            if self.child.try_wait().context("wait for the server")?.is_some() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        bail!("the server does not end within ten seconds")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
