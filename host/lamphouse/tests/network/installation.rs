//! A data folder with its server: started, asked, killed; and the command line beside it.

use crate::client::send;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The plugin that calls any function of the host, and admits whoever is authorised to a swarm.
pub fn probe() -> PathBuf {
    // Cargo runs a test in its package; a path of compile time may be another checkout's with the same target folder.
    let workspace = std::env::current_dir().unwrap().join("../..");
    let package = workspace.join("target/plugins/probe.lamp.wasm");
    assert!(package.is_file(), "there is no target/plugins/probe.lamp.wasm: `./x build` makes it");
    package
}

/// Asks until there is an answer; fails with `what` when there is none in so many seconds.
pub fn wait_for<T>(what: &str, bound_s: u64, mut look: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        // A busy machine gets more time; a state that never comes is a failure all the same.
        assert!(begin.elapsed() < Duration::from_secs(4 * bound_s), "not within {} s: {what}", 4 * bound_s);
        std::thread::sleep(Duration::from_millis(25));
    }
}

/// A data folder and the command line on it.
pub struct Installation(TempDir);

impl Installation {
    /// An empty one.
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lamphouse"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LAMPHOUSE_") || name == "DATABASE_URL") {
            command.env_remove(name);
        }
        command.args(words).arg("--data").arg(self.0.path()).stdin(Stdio::null());
        command
    }

    /// What a command that must succeed printed.
    pub fn run(&self, words: &[&str]) -> String {
        let output = self.command(words).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The registered sites.
    pub fn sites(&self) -> Vec<Value> {
        serde_json::from_str(&self.run(&["site", "list", "--json"])).unwrap()
    }

    /// A file of the data folder; none while it is not there.
    pub fn file(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.0.path().join(name)).ok()
    }

    /// A running server, on a free port unless `words` say which.
    pub fn serve(&self, words: &[&str]) -> Server {
        let key = self.run(&["key", "create", "--role", "admin"]).trim().to_owned();
        let mut command = self.command(&["serve"]);
        if !words.contains(&"--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        let mut process = command.args(words).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let (mut address, mut tracker) = (None, None);
        while address.is_none() {
            let line = lines.next().expect("the server says where it listens").unwrap();
            if let Some((said, after)) = line.split_once(" listens on http://") {
                let found = after.split('/').next().unwrap().to_owned();
                if said == "tracker" { tracker = Some(found) } else { address = Some(found) }
            }
        }
        std::thread::spawn(move || lines.for_each(drop));
        Server { address: address.unwrap(), tracker, key, process, folder: None }
    }

    /// Leaves the folder to a server that runs on it.
    pub fn keep_for(self, mut server: Server) -> Server {
        server.folder = Some(self.0);
        server
    }
}

/// A server that runs; it ends with this.
pub struct Server {
    pub address: String,
    pub tracker: Option<String>,
    key: String,
    process: Child,
    folder: Option<TempDir>,
}

impl Server {
    fn ask(&self, method: &str, target: &str, body: &str) -> Vec<u8> {
        let bearer = format!("Bearer {}", self.key);
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let answer = send(&self.address, method, target, &headers, body).unwrap();
        assert_eq!(answer.status, 200, "{target}: {}", String::from_utf8_lossy(&answer.body));
        answer.body
    }

    /// What an address answers.
    pub fn text(&self, target: &str) -> String {
        String::from_utf8(self.ask("GET", target, "")).unwrap()
    }

    /// The JSON that an address answers.
    pub fn get(&self, target: &str) -> Value {
        serde_json::from_slice(&self.ask("GET", target, "")).unwrap()
    }

    /// The JSON that it answers to a body.
    pub fn post(&self, target: &str, body: &Value) -> Value {
        serde_json::from_slice(&self.ask("POST", target, &body.to_string())).unwrap()
    }

    /// Ends it without a word.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Ends it in order.
    pub fn terminate(mut self) -> ExitStatus {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        wait_for("it ends", 20, || self.process.try_wait().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        self.process.kill().ok();
        self.process.wait().ok();
        drop(self.folder.take());
    }
}
