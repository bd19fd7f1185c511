//! The sockets: UDP and TCP on one thread of their own, so that neither the rest of the host nor a plugin slows an
//! announce down.

mod http;
mod udp;

use crate::error::TrackerError;
use crate::statistics::TrackerMetrics;
use crate::tracker::Tracker;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// How often a part of the state is swept and the numbers are published.
const UPKEEP_EVERY: Duration = Duration::from_secs(1);
/// How many free ports are tried until one is free for both.
const FREE_PORT_TRIES: u32 = 16;

/// A tracker that listens. Dropping it ends the listening; [`TrackerServer::shutdown`] waits for the end.
#[derive(Debug)]
pub struct TrackerServer {
    address: SocketAddr,
    stop: CancellationToken,
    ended: Option<oneshot::Receiver<()>>,
}

struct Sockets {
    http: std::net::TcpListener,
    udp: std::net::UdpSocket,
}

impl Tracker {
    /// Listens for HTTP and UDP on an address. With port 0 both get the same free port. Errors: the address is taken or
    /// not of this machine; no thread.
    pub fn serve(&self, listen: SocketAddr) -> Result<TrackerServer, TrackerError> {
        let (address, sockets) = bind(listen)?;
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(TrackerError::Thread)?;
        let stop = CancellationToken::new();
        let (tracker, stopped) = (self.clone(), stop.clone());
        let (end, ended) = oneshot::channel();
        let work = move || {
            if let Err(error) = runtime.block_on(run(&tracker, sockets, stopped)) {
                tracing::error!(%error, "the tracker stopped listening");
            }
            drop(runtime);
            // Nobody may be waiting for the end.
            end.send(()).ok();
        };
        std::thread::Builder::new().name("tracker".to_owned()).spawn(work).map_err(TrackerError::Thread)?;
        Ok(TrackerServer { address, stop, ended: Some(ended) })
    }
}

/// Both sockets on one port.
fn bind(listen: SocketAddr) -> Result<(SocketAddr, Sockets), TrackerError> {
    let failed = |transport| move |source| TrackerError::Listen { transport, address: listen, source };
    let mut tries = if listen.port() == 0 { FREE_PORT_TRIES } else { 1 };
    loop {
        let http = std::net::TcpListener::bind(listen).map_err(failed("TCP"))?;
        http.set_nonblocking(true).map_err(failed("TCP"))?;
        let address = http.local_addr().map_err(failed("TCP"))?;
        tries -= 1;
        match std::net::UdpSocket::bind(address) {
            Ok(udp) => return Ok((address, Sockets { http, udp })),
            // A port that is free for TCP may be taken for UDP.
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse && tries > 0 => {}
            Err(error) => return Err(failed("UDP")(error)),
        }
    }
}

impl TrackerServer {
    /// Where announces go, over HTTP and over UDP.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more requests, answers those under way within the grace time and waits for the end. After it the state
    /// changes no more, and may be kept.
    pub async fn shutdown(mut self) {
        self.stop.cancel();
        if let Some(ended) = self.ended.take() {
            // An error is an end too.
            drop(ended.await);
        }
    }
}

impl Drop for TrackerServer {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn run(tracker: &Tracker, sockets: Sockets, stop: CancellationToken) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(sockets.http)?;
    let udp = udp::Responder::new(tracker.clone(), sockets.udp)?;
    tokio::join!(http::serve(tracker, listener, &stop), udp.serve(&stop), upkeep(tracker, &stop));
    Ok(())
}

async fn upkeep(tracker: &Tracker, stop: &CancellationToken) {
    let metrics = TrackerMetrics::register();
    let mut tick = tokio::time::interval(UPKEEP_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for turn in 0.. {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        tracker.sweep(turn);
        metrics.publish(&tracker.statistics());
    }
}
