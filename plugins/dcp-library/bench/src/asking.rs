//! Many requests at the same time, and how long each took.

use crate::connection::Connection;
use crate::house::House;
use crate::{percentile, tell};
use anyhow::{Context, Result, anyhow};
use std::time::Instant;

/// Connections that ask at the same time.
const CONCURRENCY: usize = 8;
/// Requests of each connection.
const REQUESTS: usize = 100;

/// Asks for these paths, each connection for all of them in turn and beginning with another one, and prints the row. The
/// target is in milliseconds.
pub fn tell_p99(house: &House, name: &str, paths: &[String], target: &str) -> Result<()> {
    let times = ask(house, paths)?;
    tell(
        &format!("{name}, p99"),
        &format!("{:.1} ms", percentile(&times, 0.99)),
        target,
        &format!("p50 {:.1} ms, {CONCURRENCY} at a time", percentile(&times, 0.5)),
    );
    Ok(())
}

/// Sorted milliseconds of all requests.
fn ask(house: &House, paths: &[String]) -> Result<Vec<f64>> {
    let connections = (0..CONCURRENCY).map(|_| house.connect()).collect::<Result<Vec<_>>>()?;
    let mut times = std::thread::scope(|scope| {
        let start = |(number, connection)| scope.spawn(move || ask_again(connection, paths, number * REQUESTS));
        let askers: Vec<_> = connections.into_iter().enumerate().map(start).collect();
        let mut times = Vec::new();
        for asker in askers {
            times.extend(asker.join().map_err(|_| anyhow!("a connection's thread ended early"))??);
        }
        anyhow::Ok(times)
    })?;
    times.sort_by(f64::total_cmp);
    Ok(times)
}

fn ask_again(mut connection: Connection, paths: &[String], first: usize) -> Result<Vec<f64>> {
    let mut paths = paths.iter().cycle().skip(first % paths.len().max(1));
    let mut ask = || {
        let path = paths.next().context("there is nothing to ask for")?;
        let begin = Instant::now();
        connection.ask("GET", path).with_context(|| format!("ask for {path}"))?;
        Ok(begin.elapsed().as_secs_f64() * 1e3)
    };
    ask()?;
    (0..REQUESTS).map(|_| ask()).collect()
}
