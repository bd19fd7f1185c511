//! How long a page of the list takes while others ask too.

use crate::connection::Connection;
use crate::house::House;
use crate::{percentile, tell};
use anyhow::{Context, Result, anyhow, bail};
use std::time::Instant;

/// Connections that ask at the same time.
const CONCURRENCY: usize = 8;
/// Requests of each connection with each filter.
const REQUESTS: usize = 100;

/// Filters and orders, with what they look like in the table.
const FILTERS: [(&str, &str); 6] = [
    ("no filter", ""),
    ("sort=content_title", "&sort=content_title"),
    ("q=harbour", "&q=harbour"),
    ("content_kind, sort=total_size_bytes", "&content_kind=feature,trailer&sort=total_size_bytes&order=desc"),
    ("state, format, sort=issue_date", "&state=complete&format=smpte&sort=issue_date"),
    ("package_name, min_size", "&package_name=_DE-&min_size=1&sort=package_name&order=desc"),
];

/// Prints a row for each filter.
pub fn measure(house: &House) -> Result<()> {
    for (name, query) in FILTERS {
        let path = format!("/api/v1/dcps?limit=100{query}");
        let rows = house.connect()?.json("GET", &path)?.as_array().map_or(0, Vec::len);
        if rows == 0 {
            bail!("{path} lists nothing");
        }
        let times = ask(house, &path)?;
        tell(
            &format!("page of {rows} packages, {name}, p99"),
            &format!("{:.1} ms", percentile(&times, 0.99)),
            "<= 15 ms",
            &format!("p50 {:.1} ms, {CONCURRENCY} at a time", percentile(&times, 0.5)),
        );
    }
    Ok(())
}

/// Sorted milliseconds of all requests.
fn ask(house: &House, path: &str) -> Result<Vec<f64>> {
    let connections = (0..CONCURRENCY).map(|_| house.connect()).collect::<Result<Vec<_>>>()?;
    let mut times = std::thread::scope(|scope| {
        let askers: Vec<_> =
            connections.into_iter().map(|connection| scope.spawn(|| ask_again(connection, path))).collect();
        let mut times = Vec::new();
        for asker in askers {
            times.extend(asker.join().map_err(|_| anyhow!("a connection's thread ended early"))??);
        }
        anyhow::Ok(times)
    })?;
    times.sort_by(f64::total_cmp);
    Ok(times)
}

fn ask_again(mut connection: Connection, path: &str) -> Result<Vec<f64>> {
    let mut ask = || {
        let begin = Instant::now();
        connection.ask("GET", path).context("ask for a page")?;
        Ok(begin.elapsed().as_secs_f64() * 1e3)
    };
    ask()?;
    (0..REQUESTS).map(|_| ask()).collect()
}
