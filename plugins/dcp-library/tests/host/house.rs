//! A data folder with its server: started, asked, killed; and the command line beside it.

use std::cell::Cell;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use lamp_store::StoreConfig;
use lamp_store::testing::Backend;
use serde_json::Value;
use tempfile::TempDir;

use super::client::{Answer, send};

/// The plugin all of this is about.
pub const PLUGIN: &str = "dcp-library";

fn built(name: &str) -> PathBuf {
    // Cargo runs a test in its package; a path of compile time may be another checkout's with the same target folder.
    let workspace = std::env::current_dir().unwrap().join("../..");
    // `./x build` leaves what it made in the checkout; a shared target folder may hold another checkout's.
    let folders = [Some(workspace.join("target")), std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from)];
    let found =
        folders.into_iter().flatten().map(|folder| workspace.join(folder).join(name)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("there is no target/{name}: `./x build` makes it"))
}

/// The plugin's package of today.
pub fn package() -> PathBuf {
    built(&format!("plugins/{PLUGIN}.lamp.wasm"))
}

fn binary() -> PathBuf {
    std::env::var_os("LAMPHOUSE_BIN").map_or_else(|| built("release/lamphouse"), PathBuf::from)
}

/// Asks until there is an answer; fails with `what` when there is none in time.
pub fn wait_for<T>(what: &str, bound: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begin.elapsed() < bound, "not within {bound:?}: {what}");
        std::thread::sleep(Duration::from_millis(25));
    }
}

pub fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

thread_local! {
    /// Whether houses of this test keep their tables in PostgreSQL.
    static ON_POSTGRES: Cell<bool> = const { Cell::new(false) };
}

/// Runs a test with its houses on PostgreSQL; not at all when `LAMPHOUSE_SKIP_POSTGRES=1` says so.
pub fn on_postgres(test: fn()) {
    if Backend::all().contains(&Backend::Postgres) {
        ON_POSTGRES.set(true);
        test();
    }
}

fn new_postgres_database() -> String {
    tokio::runtime::Runtime::new().unwrap().block_on(lamp_store::testing::new_postgres_database())
}

/// A data folder, its database and the command line on them.
pub struct House {
    data: TempDir,
    database_url: Option<String>,
}

impl House {
    /// An empty one.
    pub fn empty() -> Self {
        let database_url = ON_POSTGRES.get().then(new_postgres_database);
        Self { data: tempfile::tempdir().unwrap(), database_url }
    }

    /// With the plugin and these mounts.
    pub fn with_mounts(mounts: &[(&str, &Path)]) -> Self {
        let house = Self::empty();
        for (name, path) in mounts {
            house.mount(name, path);
        }
        house.install();
        house
    }

    /// Where its tables are.
    pub fn store_config(&self) -> StoreConfig {
        StoreConfig { data_dir: self.data.path().to_owned(), database_url: self.database_url.clone() }
    }

    pub fn mount(&self, name: &str, path: &Path) {
        self.run(&["mount", "add", name, path.to_str().unwrap(), "--rights", "read,watch"]);
    }

    pub fn install(&self) {
        self.run(&["plugin", "install", package().to_str().unwrap(), "--grant-all"]);
    }

    /// An install under way, to be killed.
    pub fn start_install(&self) -> Child {
        let mut command = self.command(&["plugin", "install", package().to_str().unwrap(), "--grant-all"]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// A new key of a role.
    pub fn key(&self, role: &str) -> String {
        self.run(&["key", "create", "--role", role]).trim().to_owned()
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(binary());
        for name in ["DATABASE_URL", "LAMPHOUSE_DATA", "LAMPHOUSE_LISTEN", "LAMPHOUSE_LOG", "LAMPHOUSE_ALLOWED_HOSTS"] {
            command.env_remove(name);
        }
        command.envs(self.database_url.iter().map(|url| ("DATABASE_URL", url)));
        command.args(words).arg("--data").arg(self.data.path()).stdin(Stdio::null());
        command
    }

    /// What a command did.
    pub fn try_run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// What a command that must succeed printed.
    pub fn run(&self, words: &[&str]) -> String {
        let output = self.try_run(words);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{words:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Whether any file of the data folder holds these bytes.
    pub fn holds(&self, bytes: &[u8]) -> bool {
        let mut folders = vec![self.data.path().to_path_buf()];
        let mut found = false;
        while let Some(folder) = folders.pop() {
            for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                } else if path.is_file() {
                    found |= memchr::memmem::find(&std::fs::read(&path).unwrap_or_default(), bytes).is_some();
                }
            }
        }
        found
    }

    pub fn jobs(&self) -> Vec<Value> {
        let jobs: Value = serde_json::from_str(&self.run(&["job", "list", "--json"])).unwrap();
        jobs.as_array().unwrap().clone()
    }

    /// A running server with a key of an admin.
    pub fn serve(&self) -> Server {
        let key = self.key("admin");
        let log = std::fs::File::create(self.data.path().join("server.log")).unwrap();
        let mut child =
            self.command(&["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut server = Server { child, address: String::new(), key, log: self.data.path().join("server.log") };
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            let _ = tell.send(lines.next());
            lines.for_each(drop);
        });
        let line = told.recv_timeout(seconds(30)).ok().flatten().and_then(Result::ok);
        let line = line.unwrap_or_else(|| panic!("the server does not start: {}", server.log()));
        let (_, address) = line.split_once("listens on http://").unwrap_or_else(|| panic!("{line}"));
        server.address = address.trim().to_owned();
        server
    }
}

/// A server; killed when dropped.
pub struct Server {
    child: Child,
    address: String,
    key: String,
    log: PathBuf,
}

impl Server {
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn ask(
        &self,
        method: &str,
        target: &str,
        key: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answer, ureq::Error> {
        let bearer = format!("Bearer {key}");
        let mut all = vec![("authorization", bearer.as_str())];
        all.extend(headers);
        send(&self.address, method, &format!("/api/v1{target}"), if key.is_empty() { headers } else { &all }, body)
    }

    /// Whatever the answer is; `key` empty for none.
    pub fn answer(&self, method: &str, target: &str, key: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask(method, target, key, headers, b"").unwrap_or_else(|error| panic!("{target}: {error}\n{}", self.log()))
    }

    /// Whatever the answer is to a request with a body.
    pub fn answer_to(&self, method: &str, target: &str, key: &str, body: &[u8]) -> Answer {
        let kind = [("content-type", "application/xml")];
        self.ask(method, target, key, &kind, body).unwrap_or_else(|error| panic!("{target}: {error}\n{}", self.log()))
    }

    /// Whatever the answer is to a request of the admin with a JSON body.
    pub fn send(&self, method: &str, target: &str, body: &Value) -> Answer {
        let kind = [("content-type", "application/json")];
        self.ask(method, target, &self.key, &kind, body.to_string().as_bytes())
            .unwrap_or_else(|error| panic!("{target}: {error}\n{}", self.log()))
    }

    /// The key of the admin.
    pub fn key(&self) -> &str {
        &self.key
    }

    pub fn get(&self, target: &str) -> Answer {
        self.answer("GET", target, &self.key, &[])
    }

    /// JSON of a route that must answer 200.
    pub fn json(&self, target: &str) -> Value {
        let answer = self.get(target);
        assert_eq!(answer.status, 200, "{target}: {}", answer.text());
        answer.json()
    }

    /// What the server tells Prometheus of the plugin by that name; none when it tells nothing.
    pub fn metric(&self, name: &str) -> Option<f64> {
        let bearer = format!("Bearer {}", self.key);
        let answer = send(&self.address, "GET", "/metrics", &[("authorization", &bearer)], b"").unwrap();
        let start = format!("lamphouse_plugin_{name}{{plugin=\"{PLUGIN}\"}} ");
        answer.text().lines().find_map(|line| line.strip_prefix(&start)).map(|value| value.parse().unwrap())
    }

    pub fn list(&self, target: &str) -> Vec<Value> {
        self.json(target).as_array().unwrap_or_else(|| panic!("{target} is no list")).clone()
    }

    pub fn post(&self, target: &str) -> Answer {
        self.answer("POST", target, &self.key, &[])
    }

    /// Waits until as many packages are listed as there should be; their rows.
    pub fn packages(&self, count: usize, bound: Duration) -> Vec<Value> {
        let mut seen = 0;
        let begin = Instant::now();
        wait_for(&format!("{count} packages"), bound + seconds(1), || {
            let answer = self.get("/dcps");
            let rows = if answer.status == 200 { answer.json().as_array().unwrap().clone() } else { Vec::new() };
            seen = rows.len();
            assert!(
                begin.elapsed() < bound || seen == count,
                "{seen} of {count} packages: {:?}\n{}",
                self.list("/jobs?limit=20"),
                self.log()
            );
            (seen == count).then_some(rows)
        })
    }

    /// Waits until no job runs or waits; none may have failed. Jobs to be run later do not count.
    pub fn settled(&self, bound: Duration) {
        let mut left = Vec::new();
        wait_for("all jobs have ended", bound, || {
            left = self.list("/jobs?limit=200");
            left.iter().all(|job| job["state"] == "succeeded" || is_to_come(job)).then_some(())
        });
    }

    /// Asks for a verification and waits until it has ended; the package then.
    pub fn verify(&self, id: &str) -> Value {
        self.run_job(&format!("/dcps/{id}/verify"));
        self.json(&format!("/dcps/{id}"))
    }

    /// Asks for a job and waits until it has succeeded.
    pub fn run_job(&self, target: &str) {
        let answer = self.post(target);
        assert_eq!(answer.status, 202, "{}", answer.text());
        let job = answer.json()["job_id"].as_str().unwrap().to_owned();
        let mut state = Value::Null;
        wait_for("the job has ended", seconds(30), || {
            state = self.json(&format!("/jobs/{job}"))["state"].clone();
            assert!(state != "failed" && state != "cancelled", "{target}: {state}");
            (state == "succeeded").then_some(())
        });
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends SIGTERM and waits for the end.
    pub fn terminate(mut self, bound: Duration) -> std::process::ExitStatus {
        let sent = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().unwrap();
        assert!(sent.success());
        wait_for("the server ends when told to", bound, || self.child.try_wait().unwrap())
    }
}

/// A job waiting for its time: a scan for packages that are still arriving, a look at keys for the edge of a window.
fn is_to_come(job: &Value) -> bool {
    let waits_until = job["run_at"].as_str().unwrap_or_default();
    let had_its_turn = job["started_at"].as_str().is_none_or(|started| started < waits_until);
    (job["kind"] == "scan" || job["kind"] == "keys")
        && job["state"] == "available"
        && had_its_turn
        && job["created_at"].as_str() < Some(waits_until)
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
