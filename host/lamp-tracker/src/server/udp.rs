//! The UDP side: packets come in batches, and answers leave from the address that was asked.

use crate::shares::Shares;
use crate::statistics::add;
use crate::tracker::{Answer, Arrival, Scrape, Scraped, Step, TRY_AGAIN, Tracker};
use crate::wire::connection_id::ConnectionIds;
use crate::wire::udp::{self, ANNOUNCE_HEADER_BYTES, Header, Request};
use crate::wire::{Announce, CompactPeers, InfoHash, SwarmCounts, Transport, canonical};
use quinn_udp::{BATCH_SIZE, RecvMeta, Transmit, UdpSockRef, UdpSocketState};
use std::io::IoSliceMut;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tokio::io::Interest;
use tokio::net::UdpSocket;
use tokio_util::sync::CancellationToken;

/// Room for packets while the thread is busy, in bytes. The system may give less.
const RECEIVE_BUFFER_BYTES: usize = 4 << 20;
/// An announce answer is at most this many times as long as its request, in halves: an address that can be forged only
/// once a connection id is known is no amplifier worth having.
const AMPLIFICATION_HALVES: usize = 5;
/// Longest answer, in bytes: it fits in one frame.
const MOST_ANSWER_BYTES: usize = 1_232;
/// Packets that wait for a verdict, in all and from one source.
const WAITING: (usize, usize) = (4_096, 1_024);

/// Answers packets.
pub(super) struct Responder {
    tracker: Tracker,
    socket: UdpSocket,
    state: UdpSocketState,
    ids: ConnectionIds,
    waiting: Arc<Shares>,
}

/// Where a packet came from and what it asked for by header.
#[derive(Clone, Copy)]
struct Asker {
    /// As the socket says it, for the answer.
    remote: SocketAddr,
    /// In canonical form.
    from: SocketAddr,
    /// The address of ours that was asked.
    local: Option<IpAddr>,
    transaction_id: u32,
    request_bytes: usize,
}

#[derive(Default)]
struct Buffers {
    peers: CompactPeers,
    out: Vec<u8>,
}

impl Responder {
    pub fn new(tracker: Tracker, socket: std::net::UdpSocket) -> std::io::Result<Arc<Self>> {
        let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
        if let Err(error) = state.set_recv_buffer_size(UdpSockRef::from(&socket), RECEIVE_BUFFER_BYTES) {
            tracing::debug!(%error, "enlarge the tracker's receive buffer");
        }
        Ok(Arc::new(Self {
            tracker,
            socket: UdpSocket::from_std(socket)?,
            state,
            ids: ConnectionIds::new(rand::random()),
            waiting: Shares::new(WAITING.0, WAITING.1),
        }))
    }

    /// Answers packets until `stop`.
    pub async fn serve(self: Arc<Self>, stop: &CancellationToken) {
        let packet_bytes = udp::MAX_PACKET_BYTES + 1;
        let mut memory = vec![0; packet_bytes * self.state.gro_segments() * BATCH_SIZE];
        let mut metas = [RecvMeta::default(); BATCH_SIZE];
        let mut buffers = Buffers::default();
        loop {
            let mut slices = memory.chunks_exact_mut(packet_bytes * self.state.gro_segments()).map(IoSliceMut::new);
            let mut slices: [IoSliceMut<'_>; BATCH_SIZE] =
                std::array::from_fn(|_| slices.next().unwrap_or_else(|| IoSliceMut::new(&mut [])));
            let received = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                received = self.socket.async_io(Interest::READABLE, || {
                    self.state.recv(UdpSockRef::from(&self.socket), &mut slices, &mut metas)
                }) => received,
            };
            let more = match received {
                Ok(count) => {
                    for (meta, slice) in metas.iter().zip(&slices).take(count) {
                        let bytes = slice.get(..meta.len).unwrap_or_default();
                        for packet in bytes.chunks(meta.stride.max(1)) {
                            self.take(packet, meta, &mut buffers);
                        }
                    }
                    count == BATCH_SIZE
                }
                Err(error) => {
                    tracing::debug!(%error, "receive a tracker packet");
                    true
                }
            };
            if more {
                // Under a flood there is always a next batch: connections get their turn between them.
                tokio::task::yield_now().await;
            }
        }
    }

    fn take(self: &Arc<Self>, packet: &[u8], meta: &RecvMeta, buffers: &mut Buffers) {
        let numbers = &self.tracker.statistics_of().udp;
        let Some(header) = Header::read(packet) else { return add(&numbers.malformed) };
        let asker = Asker {
            remote: meta.addr,
            from: canonical(meta.addr),
            local: meta.dst_ip,
            transaction_id: header.transaction_id,
            request_bytes: packet.len(),
        };
        let now_ms = self.tracker.now_ms();
        if header.is_connect() {
            add(&numbers.connects);
            udp::write_connect(&mut buffers.out, asker.transaction_id, self.ids.issue(asker.from.ip(), now_ms));
            return self.send(asker, &buffers.out);
        }
        if !self.ids.is_valid(header.connection_id, asker.from.ip(), now_ms) {
            return add(&numbers.unconnected);
        }
        match header.request(packet) {
            Ok(Request::Announce(announce)) => self.announce(asker, announce, buffers),
            Ok(Request::Scrape(hashes)) => self.scrape(asker, hashes, buffers),
            Ok(Request::Connect) => {}
            Err(error) => {
                add(&numbers.malformed);
                self.send_error(asker, &error.to_string(), &mut buffers.out);
            }
        }
    }

    fn announce(self: &Arc<Self>, asker: Asker, announce: Announce, buffers: &mut Buffers) {
        match self.tracker.announce(&asker.arrival(&announce), &mut buffers.peers) {
            Step::Done(answer) => self.send_answer(asker, &answer, buffers),
            Step::Wait(flights) => {
                let Some(place) = self.waiting.take(asker.from.ip()) else {
                    return self.send_error(asker, TRY_AGAIN, &mut buffers.out);
                };
                let this = Arc::clone(self);
                tokio::spawn(async move {
                    let _place = place;
                    let judged = this.tracker.wait(flights).await.remove(&announce.info_hash);
                    let mut buffers = Buffers::default();
                    let arrival = asker.arrival(&announce);
                    let answer = this.tracker.announce_after(&arrival, judged, TRY_AGAIN, &mut buffers.peers);
                    this.send_answer(asker, &answer, &mut buffers);
                });
            }
        }
    }

    /// BEP 41 has no options for scrapes: they carry no key.
    fn scrape(self: &Arc<Self>, asker: Asker, hashes: Vec<InfoHash>, buffers: &mut Buffers) {
        match self.tracker.scrape(&asker.scrape(&hashes)) {
            Step::Done(scraped) => self.send_scraped(asker, scraped, buffers),
            Step::Wait(flights) => {
                let Some(place) = self.waiting.take(asker.from.ip()) else {
                    return self.send_error(asker, TRY_AGAIN, &mut buffers.out);
                };
                let this = Arc::clone(self);
                tokio::spawn(async move {
                    let _place = place;
                    let came = this.tracker.wait(flights).await;
                    let scraped = this.tracker.scrape_after(&asker.scrape(&hashes), &came, TRY_AGAIN);
                    this.send_scraped(asker, scraped, &mut Buffers::default());
                });
            }
        }
    }

    fn send_answer(&self, asker: Asker, answer: &Answer, buffers: &mut Buffers) {
        match answer {
            Answer::Peers { interval_s, counts, .. } => {
                let peers = if asker.from.is_ipv4() { &buffers.peers.v4 } else { &buffers.peers.v6 };
                udp::write_announce(&mut buffers.out, asker.transaction_id, *interval_s, *counts, peers);
                self.send(asker, &buffers.out);
            }
            Answer::Refused { message, .. } => self.send_error(asker, message, &mut buffers.out),
        }
    }

    fn send_scraped(&self, asker: Asker, scraped: Scraped, buffers: &mut Buffers) {
        match scraped {
            Ok(counts) => {
                let counts: Vec<SwarmCounts> = counts.into_iter().map(Option::unwrap_or_default).collect();
                udp::write_scrape(&mut buffers.out, asker.transaction_id, &counts);
                self.send(asker, &buffers.out);
            }
            Err(answer) => self.send_answer(asker, &answer, buffers),
        }
    }

    fn send_error(&self, asker: Asker, message: &str, out: &mut Vec<u8>) {
        udp::write_error(out, asker.transaction_id, message, asker.request_bytes);
        self.send(asker, out);
    }

    /// An answer that cannot be sent is lost, as any packet may be: the client asks again.
    fn send(&self, asker: Asker, contents: &[u8]) {
        let transmit =
            Transmit { destination: asker.remote, ecn: None, contents, segment_size: None, src_ip: asker.local };
        if let Err(error) = self.state.try_send(UdpSockRef::from(&self.socket), &transmit) {
            tracing::debug!(%error, "send a tracker packet");
        }
    }
}

impl Asker {
    fn arrival<'a>(&self, announce: &'a Announce) -> Arrival<'a> {
        let bytes = (self.request_bytes * AMPLIFICATION_HALVES / 2).min(MOST_ANSWER_BYTES);
        Arrival {
            announce,
            from: self.from,
            transport: Transport::Udp,
            peer_bytes: Some(bytes.saturating_sub(ANNOUNCE_HEADER_BYTES)),
        }
    }

    fn scrape<'a>(&self, hashes: &'a [InfoHash]) -> Scrape<'a> {
        Scrape { hashes, key: None, from: self.from.ip(), transport: Transport::Udp }
    }
}
