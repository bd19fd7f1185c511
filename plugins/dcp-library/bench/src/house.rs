//! A server with the library in a new data folder, and its jobs.

use crate::Setting;
use crate::connection::Connection;
use crate::memory;
use anyhow::{Context, Result, bail};
use chrono::{DateTime, FixedOffset};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How often a job is asked for.
const POLL: Duration = Duration::from_millis(100);
/// The longest that anything may take.
const BOUND: Duration = Duration::from_secs(180);

/// A running server; ended when dropped.
pub struct House {
    program: PathBuf,
    data: PathBuf,
    child: Child,
    address: String,
    key: String,
}

impl House {
    /// Installs the plugin in a new data folder and starts the server. The code is compiled and the plugin idle then.
    pub fn open(setting: &Setting, name: &str) -> Result<Self> {
        let data = setting.folder.join(name);
        let command = |words: &[&str]| command(&setting.program, &data, words);
        command(&["plugin", "install", &setting.plugin.to_string_lossy(), "--grant-all"])?;
        let key = command(&["key", "create", "--role", "admin"])?.trim().to_owned();
        let log = std::fs::File::create(setting.folder.join(format!("{name}.log"))).context("make the server's log")?;
        let mut child =
            start(&setting.program, &data, &["serve", "--listen", "127.0.0.1:0", "--requests-per-second", "0"])
                .stderr(log)
                .spawn()
                .with_context(|| format!("start {}", setting.program.display()))?;
        let output = child.stdout.take().context("read what the server prints")?;
        let mut house = Self { program: setting.program.clone(), data, child, address: String::new(), key };
        let mut lines = BufReader::new(output).lines();
        let line = lines.next().context("the server ended at once; its log tells why")?.context("read its address")?;
        let (_, address) = line.split_once("listens on http://").with_context(|| format!("no address in `{line}`"))?;
        house.address = address.trim().to_owned();
        std::thread::spawn(move || lines.for_each(drop));
        house.settled()?;
        Ok(house)
    }

    /// A connection of an admin.
    pub fn connect(&self) -> Result<Connection> {
        Connection::open(&self.address, &self.key)
    }

    /// Mounts a folder as a library.
    pub fn mount(&self, folder: &Path) -> Result<()> {
        let words = ["mount", "add", "library", &folder.to_string_lossy(), "--rights", "read,watch"];
        command(&self.program, &self.data, &words).map(drop)
    }

    /// Seconds that a job ran, when it has succeeded.
    pub fn job(&self, id: &str) -> Result<f64> {
        let path = format!("/api/v1/jobs/{id}");
        let mut connection = self.connect()?;
        wait_for("the job to end", || {
            let job = connection.json("GET", &path)?;
            match job["state"].as_str() {
                Some("succeeded") => seconds(&job).map(Some),
                Some("failed" | "cancelled") => bail!("the job ended otherwise: {job}"),
                _ => Ok(None),
            }
        })
    }

    /// Seconds from the start of the scan that found so many packages to the end of the last job that read some of them.
    /// All jobs have ended then.
    pub fn scan_of(&self, packages: u64) -> Result<f64> {
        let mut connection = self.connect()?;
        wait_for("a scan that reads everything", || {
            let jobs = connection.json("GET", "/api/v1/jobs?limit=100")?;
            let jobs = jobs.as_array().context("the jobs are no list")?;
            if jobs.iter().any(|job| job["state"] != "succeeded") {
                return Ok(None);
            }
            let (mut read, mut began, mut ended) = (0, None, None);
            for job in jobs {
                // The list leaves results out.
                let id = job["id"].as_str().with_context(|| format!("a job without an id: {job}"))?;
                let whole = connection.json("GET", &format!("/api/v1/jobs/{id}"))?;
                if whole["result"]["found"] == packages {
                    began = Some(moment(&whole, "started_at")?);
                } else if let Some(count @ 1..) = whole["result"]["read"].as_u64() {
                    read += count;
                    ended = ended.max(Some(moment(&whole, "finished_at")?));
                }
            }
            Ok(match (began, ended) {
                (Some(began), Some(ended)) if read >= packages => Some((ended - began).as_seconds_f64()),
                _ => None,
            })
        })
    }

    /// From now on [`Self::peak_bytes`] counts anew.
    pub fn forget_peak(&self) -> Result<()> {
        memory::family(self.child.id())?.into_iter().try_for_each(memory::forget_peak)
    }

    /// Most memory that was resident, of the server and the processes it has started.
    pub fn peak_bytes(&self) -> Result<u64> {
        memory::family(self.child.id())?.into_iter().map(memory::peak_bytes).sum()
    }

    /// Waits until every job has ended.
    pub fn settled(&self) -> Result<()> {
        let mut connection = self.connect()?;
        wait_for("all jobs to end", || {
            let jobs = connection.json("GET", "/api/v1/jobs?limit=100")?;
            let jobs = jobs.as_array().context("the jobs are no list")?;
            let is_over = !jobs.is_empty() && jobs.iter().all(|job| job["state"] == "succeeded");
            Ok(is_over.then_some(()))
        })
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn wait_for<T>(what: &str, mut look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let begin = Instant::now();
    while begin.elapsed() < BOUND {
        if let Some(found) = look()? {
            return Ok(found);
        }
        std::thread::sleep(POLL);
    }
    bail!("waited {} s for {what}", BOUND.as_secs())
}

/// Seconds between start and end of a job.
fn seconds(job: &Value) -> Result<f64> {
    Ok((moment(job, "finished_at")? - moment(job, "started_at")?).as_seconds_f64())
}

fn moment(job: &Value, name: &str) -> Result<DateTime<FixedOffset>> {
    let text = job[name].as_str().with_context(|| format!("a job without {name}"))?;
    DateTime::parse_from_rfc3339(text).with_context(|| format!("read {name} of a job"))
}

fn start(program: &Path, data: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.env_remove("DATABASE_URL").args(words).arg("--data").arg(data);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

fn command(program: &Path, data: &Path, words: &[&str]) -> Result<String> {
    let output = start(program, data, words).output().with_context(|| format!("start {}", program.display()))?;
    if !output.status.success() {
        bail!("{}: {}", words.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    }
    String::from_utf8(output.stdout).context("read what the command printed")
}
