//! Tests that need a process of their own: this program again, with one test chosen.

use std::process::{Child, Command, ExitStatus, Stdio};

const MARK: &str = "LAMPHOUSE_TEST_ALONE";

/// What the parent told this process, if it is such a child.
pub fn told() -> Option<String> {
    std::env::var(MARK).ok()
}

/// The child; killed when it is dropped, so that a failing test leaves none behind.
pub struct Alone(Child);

/// Starts `test` (full name) in a process of its own and tells it `message`.
pub fn start(test: &str, message: &str) -> Alone {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(MARK, message);
    Alone(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap())
}

impl Alone {
    /// Waits for its end.
    pub fn wait(mut self) -> ExitStatus {
        self.0.wait().unwrap()
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }

    /// Sends SIGKILL and waits until it is gone.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        // One that has ended cannot be killed, and need not be.
        let _ended_before = self.0.kill();
        let _status = self.0.wait();
    }
}
