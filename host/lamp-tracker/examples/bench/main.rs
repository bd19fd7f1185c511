//! Measures announces with a known verdict against opentracker, where that is installed, in one run: announces per
//! second of the tracker's processor time, which is steady on a busy machine. Prints rows `name | value | target | note`
//! as `./x bench` reads them. `bench serve` is the tracker alone, for other load generators.

mod http;
mod process;
mod udp;

use anyhow::{Context, Result};
use async_trait::async_trait;
use lamp_tracker::policy::{Admission, Decision, Policy, PolicyFailure, PolicyRequest, Verdict};
use lamp_tracker::{InfoHash, SwarmLimits, Tracker, TrackerSettings};
use process::Server;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

/// Torrents, and peers of them all.
const TORRENTS: u16 = 10_000;
const PEERS: u32 = 200_000;
/// How long each tracker is measured, after as long a time to grow warm.
const MEASURE: Duration = Duration::from_secs(5);
/// The key in the announce URL, as long as those of the host.
const KEY: &str = "lt_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

fn main() -> Result<()> {
    if std::env::args().nth(1).as_deref() == Some("serve") { serve() } else { compare() }
}

/// Info hash of a number; even for both trackers and in every run.
fn info_hash(number: u16) -> InfoHash {
    let mut hash = [0; 20];
    for (at, byte) in (0_u16..).zip(&mut hash) {
        *byte = number.wrapping_mul(40_503).wrapping_add(at.wrapping_mul(7_919)).to_be_bytes()[usize::from(at % 2)];
    }
    hash[18..].copy_from_slice(&number.to_be_bytes());
    InfoHash(hash)
}

struct AdmitAll;

#[async_trait]
impl Policy for AdmitAll {
    async fn judge(&self, _: &PolicyRequest) -> Result<Verdict, PolicyFailure> {
        let admission = Admission { subject: "load".to_owned(), ..Admission::default() };
        Ok(Verdict { decision: Decision::Admit(admission), keep_ms: 3_600_000 })
    }
}

/// Serves until the standard input ends.
fn serve() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let swarm =
        SwarmLimits { peers_per_subject: u32::MAX, peers_per_subject_and_torrent: 1_000, ..SwarmLimits::default() };
    let tracker = Tracker::new(TrackerSettings { swarm, ..TrackerSettings::default() }, runtime.handle().clone());
    tracker.set_policy(Some(Arc::new(AdmitAll)));
    let server = tracker.serve("127.0.0.1:0".parse()?)?;
    println!("{} {}", server.address(), server.address());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    runtime.block_on(server.shutdown());
    eprintln!("{:?}", tracker.statistics());
    Ok(())
}

fn compare() -> Result<()> {
    let ours = Server::ours()?;
    let path = format!("/announce?passkey={KEY}");
    let our_udp = measure(&ours, |time| udp::load(ours.udp, &path, time)).context("our UDP side")?;
    let our_http = measure(&ours, |time| http::load(ours.http, &path, true, time)).context("our HTTP side")?;
    let memory_mib = ours.resident_mib();
    ours.stop()?;
    let Some(other) = Server::opentracker()? else {
        println!("announces over UDP, a CPU second | {our_udp:.0} | | opentracker is not installed");
        println!("announces over HTTP, a CPU second | {our_http:.0} | >= 25000 | opentracker is not installed");
        return Ok(());
    };
    let their_udp = measure(&other, |time| udp::load(other.udp, "", time)).context("opentracker, UDP")?;
    let their_http =
        measure(&other, |time| http::load(other.http, "/announce", false, time)).context("opentracker, HTTP")?;
    other.stop()?;
    println!(
        "announces over UDP with a known verdict against opentracker, a CPU second | {:.2}x | >= 1.00x | \
         {our_udp:.0} against {their_udp:.0}; {PEERS} peers, {memory_mib} MiB resident",
        our_udp / their_udp
    );
    println!(
        "announces over HTTP on kept connections, a CPU second | {our_http:.0} | >= 25000 | \
         opentracker, a connection each: {their_http:.0}"
    );
    Ok(())
}

/// Answers per second of the server's processor time.
fn measure(server: &Server, load: impl Fn(Duration) -> Result<u64>) -> Result<f64> {
    load(MEASURE)?;
    let (before, begun) = (server.cpu_seconds()?, std::time::Instant::now());
    let answers = load(MEASURE)?;
    let cpu_seconds = server.cpu_seconds()? - before;
    let wall_seconds = begun.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a count of some millions")]
    let answers = answers as f64;
    eprintln!(
        "{}: {:.0} answers a second, {:.2} cores",
        server.name,
        answers / wall_seconds,
        cpu_seconds / wall_seconds
    );
    Ok(answers / cpu_seconds)
}
