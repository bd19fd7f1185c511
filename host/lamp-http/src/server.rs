//! The accept loop: bounded connections, bounded waits, an orderly end.

use crate::app::{App, AppState};
use crate::metrics::Counted;
use crate::service::Service;
use crate::stall::StallGuard;
use crate::{directory, events};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How often "last used" times are written and ended sessions dropped.
const MAINTAIN_EVERY: Duration = Duration::from_secs(30);
/// How often the recorder's buffers are emptied.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);
/// Wait after a failed accept (no file descriptors left), so that the loop does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Why the server cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The listener has no address any more.
    #[error("the listening socket is gone")]
    Listener(#[source] std::io::Error),
}

/// Serves until `shutdown`; then no connection is accepted, requests under way are finished within the grace time, and
/// what is left is cut.
pub async fn serve(listener: TcpListener, app: AppState, shutdown: CancellationToken) -> Result<(), ServeError> {
    let address = listener.local_addr().map_err(ServeError::Listener)?;
    tracing::debug!(%address, "serving");
    let mut tasks = background(&app, &shutdown);
    let graceful = GracefulShutdown::new();
    let service = Arc::new(Service::new(Arc::clone(&app)));
    let places = Arc::new(Semaphore::new(app.settings.max_connections));
    let mut connections = JoinSet::new();
    while let Some((stream, peer)) = accept(&listener, &places, &shutdown, &mut connections).await {
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
        let watcher = graceful.watcher();
        let (service, app) = (Arc::clone(&service), Arc::clone(&app));
        connections.spawn(async move {
            let _place = place;
            let _counted = Counted::new(&app.metrics.connections);
            converse(stream, peer, service, &app, watcher).await;
        });
    }
    drop(listener);
    let grace = Duration::from_millis(app.settings.shutdown_grace_ms);
    if tokio::time::timeout(grace, graceful.shutdown()).await.is_err() {
        tracing::warn!(left = connections.len(), "requests were cut at the end of the grace time");
    }
    connections.shutdown().await;
    tasks.shutdown().await;
    if let Err(error) = app.auth.maintain().await {
        tracing::warn!(%error, "write down when sessions were last used");
    }
    Ok(())
}

/// The next connection, once there is a place for it; none at shutdown.
async fn accept(
    listener: &TcpListener,
    places: &Semaphore,
    shutdown: &CancellationToken,
    connections: &mut JoinSet<()>,
) -> Option<(TcpStream, SocketAddr)> {
    loop {
        let next = async {
            // The place is taken again by the caller, who is the only one to take any.
            drop(places.acquire().await);
            listener.accept().await
        };
        tokio::select! {
            biased;
            () = shutdown.cancelled() => return None,
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            accepted = next => match accepted {
                Ok(accepted) => return Some(accepted),
                Err(error) => {
                    tracing::warn!(%error, "accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
}

/// One connection from its first to its last byte.
async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    service: Arc<Service>,
    app: &App,
    watcher: hyper_util::server::graceful::Watcher,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "set no-delay");
    }
    let settings = &app.settings;
    let header_timeout = Duration::from_millis(settings.header_timeout_ms);
    let begun = Arc::new(AtomicBool::new(false));
    let mark = Arc::clone(&begun);
    let handler = service_fn(move |request| {
        mark.store(true, Ordering::Relaxed);
        let service = Arc::clone(&service);
        async move { Ok::<_, Infallible>(service.answer(request, peer).await) }
    });
    let builder = connection_builder(header_timeout);
    let io = TokioIo::new(StallGuard::new(stream, Duration::from_millis(settings.write_stall_ms)));
    let connection = watcher.watch(builder.serve_connection_with_upgrades(io, handler));
    let mut connection = pin!(connection);
    // The builder waits without a limit for the bytes that tell the protocol: this bounds them.
    let first = tokio::time::timeout(header_timeout.saturating_mul(2), connection.as_mut()).await;
    let outcome = match first {
        Ok(outcome) => outcome,
        Err(_) if begun.load(Ordering::Relaxed) => connection.await,
        Err(_) => return,
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, %peer, "connection ended");
    }
}

fn connection_builder(header_timeout: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(header_timeout).max_buf_size(64 * 1024);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(100)
        .max_header_list_size(32 * 1024)
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(20));
    builder
}

/// What runs beside the connections.
fn background(app: &AppState, shutdown: &CancellationToken) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    tasks.spawn(events::run(Arc::clone(app), shutdown.clone()));
    tasks.spawn(directory::follow_changes(Arc::clone(app)));
    let maintained = Arc::clone(app);
    tasks.spawn(async move {
        loop {
            tokio::time::sleep(MAINTAIN_EVERY).await;
            if let Err(error) = maintained.auth.maintain().await {
                tracing::warn!(%error, "write down when sessions were last used");
            }
        }
    });
    let prometheus = app.prometheus.clone();
    tasks.spawn(async move {
        loop {
            tokio::time::sleep(UPKEEP_EVERY).await;
            prometheus.run_upkeep();
        }
    });
    tasks
}
