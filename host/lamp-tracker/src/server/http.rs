//! The HTTP side: keep-alive and pipelining, with every wait and every number bounded. Refusals are answers with status
//! 200, for most clients read no other.

use crate::statistics::add;
use crate::tracker::{Answer, Arrival, Scrape, Scraped, Step, TRY_AGAIN, Tracker};
use crate::wire::{Announce, CompactPeers, InfoHash, Transport, WireError, bencode, canonical, http};
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Longest request head, in bytes; more than 74 info hashes need.
const MOST_HEAD_BYTES: usize = 16 * 1024;
/// Most header lines.
const MOST_HEADERS: usize = 64;
/// Wait after a failed accept (no file descriptors left), so that the loop does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

type Reply = Response<Full<Bytes>>;

/// Takes connections until `stop`, then gives those that are open the grace time.
pub(super) async fn serve(tracker: &Tracker, listener: TcpListener, stop: &CancellationToken) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, remote)) => {
                    let from = canonical(remote);
                    let Some(place) = tracker.connections().take(from.ip()) else {
                        add(&tracker.statistics_of().http.turned_away);
                        continue;
                    };
                    let (tracker, stop) = (tracker.clone(), stop.clone());
                    connections.spawn(async move {
                        let _place = place;
                        converse(tracker, stream, from, stop).await;
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "accept a connection to the tracker");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// One connection from its first to its last byte.
async fn converse(tracker: Tracker, stream: TcpStream, from: SocketAddr, stop: CancellationToken) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "set no-delay");
    }
    let settings = tracker.settings();
    let (age, grace) =
        (Duration::from_millis(settings.connection_age_ms), Duration::from_millis(settings.shutdown_grace_ms));
    let mut builder = Builder::new();
    // The time for a header runs from the end of the last answer: it bounds idle connections too.
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(settings.header_timeout_ms))
        .max_buf_size(MOST_HEAD_BYTES)
        .max_headers(MOST_HEADERS)
        .pipeline_flush(true);
    let service = service_fn(|request: Request<Incoming>| {
        let tracker = &tracker;
        async move { Ok::<_, Infallible>(reply(tracker, &request, from).await) }
    });
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        ended = connection.as_mut() => {
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection to the tracker ended");
            }
            return;
        }
        () = tokio::time::sleep(age) => {}
        () = stop.cancelled() => {}
    }
    connection.as_mut().graceful_shutdown();
    // What does not end within the grace time is cut.
    drop(tokio::time::timeout(grace, connection).await);
}

async fn reply(tracker: &Tracker, request: &Request<Incoming>, from: SocketAddr) -> Reply {
    if request.method() != Method::GET {
        return respond(StatusCode::METHOD_NOT_ALLOWED, bencode::failure("use GET", None));
    }
    let query = request.uri().query().unwrap_or_default().as_bytes();
    let answered = match request.uri().path() {
        "/announce" => match http::announce(query) {
            Ok(parsed) => Ok(announce(tracker, &parsed, from).await),
            Err(error) => Err(error),
        },
        "/scrape" => match http::scrape(query) {
            Ok((hashes, key)) => {
                let asked = Scrape { hashes: &hashes, key, from: from.ip(), transport: Transport::Http };
                Ok(scrape(tracker, &asked).await)
            }
            Err(error) => Err(error),
        },
        _ => Err(WireError::Path),
    };
    match answered {
        Ok(body) => respond(StatusCode::OK, body),
        Err(error) => {
            add(&tracker.statistics_of().http.malformed);
            let status = if error == WireError::Path { StatusCode::NOT_FOUND } else { StatusCode::OK };
            respond(status, bencode::failure(&error.to_string(), None))
        }
    }
}

async fn announce(tracker: &Tracker, announce: &Announce, from: SocketAddr) -> Vec<u8> {
    let mut peers = CompactPeers::default();
    let arrival = Arrival { announce, from, transport: Transport::Http, peer_bytes: None };
    let answer = match tracker.announce(&arrival, &mut peers) {
        Step::Done(answer) => answer,
        Step::Wait(flights) => {
            let judged = tracker.wait(flights).await.remove(&announce.info_hash);
            tracker.announce_after(&arrival, judged, TRY_AGAIN, &mut peers)
        }
    };
    body(&answer, &peers)
}

fn body(answer: &Answer, peers: &CompactPeers) -> Vec<u8> {
    match answer {
        Answer::Peers { interval_s, counts, seen_as } => bencode::announce(*interval_s, *counts, peers, *seen_as),
        Answer::Refused { message, retry_in_minutes } => bencode::failure(message, *retry_in_minutes),
    }
}

async fn scrape(tracker: &Tracker, scrape: &Scrape<'_>) -> Vec<u8> {
    let scraped = match tracker.scrape(scrape) {
        Step::Done(scraped) => scraped,
        Step::Wait(flights) => {
            let came = tracker.wait(flights).await;
            tracker.scrape_after(scrape, &came, TRY_AGAIN)
        }
    };
    scraped_body(tracker, scrape.hashes, scraped)
}

fn scraped_body(tracker: &Tracker, hashes: &[InfoHash], scraped: Scraped) -> Vec<u8> {
    match scraped {
        Ok(counts) => {
            let mut files =
                hashes.iter().zip(counts).filter_map(|(hash, counts)| Some((*hash, counts?))).collect::<Vec<_>>();
            bencode::scrape(&mut files, tracker.settings().interval_s)
        }
        Err(answer) => body(&answer, &CompactPeers::default()),
    }
}

fn respond(status: StatusCode, body: Vec<u8>) -> Reply {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    response
}
