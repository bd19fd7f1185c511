//! Load on one route, and what it costs the server.

use super::connection::Connection;
use super::server::Server;
use anyhow::{Context, Result, anyhow, bail};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Connections that ask at the same time, each one request after the other.
pub const CONNECTIONS: usize = 32;
/// How long is asked before it counts, and how long it counts.
const WARM_UP: Duration = Duration::from_millis(500);
const MEASURED: Duration = Duration::from_secs(6);

/// Status of one request. Shape: none when there is no answer.
pub fn status(address: &str, route: &str, key: &str) -> Option<u16> {
    Connection::open(address, route, key).and_then(|mut connection| connection.ask()).ok()
}

/// Answers for each second of processor time the server uses.
pub fn requests_per_cpu_second(server: &Server, route: &str, key: &str) -> Result<f64> {
    ask_for(server, route, key, WARM_UP)?;
    let before = server.cpu_seconds()?;
    let answers = ask_for(server, route, key, MEASURED)?;
    Ok(answers as f64 / (server.cpu_seconds()? - before))
}

fn ask_for(server: &Server, route: &str, key: &str, time: Duration) -> Result<u64> {
    let is_over = AtomicBool::new(false);
    let mut connections =
        (0..CONNECTIONS).map(|_| Connection::open(&server.address, route, key)).collect::<Result<Vec<_>>>()?;
    std::thread::scope(|scope| {
        let askers: Vec<_> =
            connections.iter_mut().map(|connection| scope.spawn(|| ask_until(connection, route, &is_over))).collect();
        std::thread::sleep(time);
        is_over.store(true, Ordering::Relaxed);
        askers.into_iter().map(|asker| asker.join().map_err(|_| anyhow!("a connection's thread ended early"))?).sum()
    })
}

fn ask_until(connection: &mut Connection, route: &str, is_over: &AtomicBool) -> Result<u64> {
    let mut answers = 0;
    while !is_over.load(Ordering::Relaxed) {
        let status = connection.ask().with_context(|| format!("ask {route}"))?;
        if status != 200 {
            bail!("{route} answers {status}");
        }
        answers += 1;
    }
    Ok(answers)
}
