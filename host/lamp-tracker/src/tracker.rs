//! The tracker without its sockets: verdict, swarm and answer for one request at a time.
//!
//! State is cut into parts by info hash, each behind a lock that is held for one announce; what looks at everything
//! (snapshot, sweep, removal) goes part by part, so that no announce waits for it.

mod admission;
mod operator;
mod scrape;

pub use operator::Forget;
pub(crate) use scrape::{Scrape, Scraped};

use crate::policy::verdicts::{Judged, Terms, VerdictKey, Verdicts};
use crate::policy::{AnnounceDetails, Policy, PolicyRequest};
use crate::settings::TrackerSettings;
use crate::shares::Shares;
use crate::statistics::{RecentRefusal, Statistics, add};
use crate::subject::{Subject, Subjects};
use crate::swarm::{PeerAnnounce, Swarm, Totals, Wanted};
use crate::wire::{Announce, CompactPeers, Event, InfoHash, SwarmCounts, Transport};
use admission::Flight;
use parking_lot::{Mutex, RwLock};
use std::borrow::Cow;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;
use tokio::runtime::Handle;

/// Parts the state is cut into.
const PARTS: usize = 16;
/// Added to two intervals before a silent peer is forgotten, in seconds.
const GRACE_S: u32 = 60;
/// Shortest and longest interval a policy may set, in seconds.
const INTERVALS_S: std::ops::RangeInclusive<u32> = 30..=86_400;

const NO_POLICY: &str = "this tracker admits nobody: it has no policy";
/// What clients are told when no verdict comes in time.
pub(crate) const TRY_AGAIN: &str = "the tracker cannot decide at the moment, try again";

/// A tracker. Clones are the same one.
#[derive(Clone)]
pub struct Tracker {
    inner: Arc<Inner>,
}

struct Inner {
    settings: TrackerSettings,
    parts: Vec<Mutex<Part>>,
    totals: Arc<Totals>,
    subjects: Subjects,
    statistics: Statistics,
    policy: RwLock<Option<Arc<dyn Policy>>>,
    questions: Arc<Shares>,
    connections: Arc<Shares>,
    /// Where the policy runs.
    runtime: Handle,
    started: Instant,
}

struct Part {
    swarm: Swarm,
    verdicts: Verdicts,
    /// Questions to the policy that are not answered yet.
    flights: HashMap<VerdictKey, Flight>,
    /// Grows when verdicts are forgotten: what was asked before is then of no use.
    generation: u64,
}

/// What a client is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is in; peers are in the buffer. `seen_as` is its address.
    Peers { interval_s: u32, counts: SwarmCounts, seen_as: IpAddr },
    /// It is not.
    Refused { message: Cow<'static, str>, retry_in_minutes: Option<u32> },
}

/// An answer, or the wait for a verdict.
pub(crate) enum Step<T> {
    Done(T),
    Wait(Vec<(InfoHash, Flight)>),
}

/// One announce with what the sockets know of it.
pub(crate) struct Arrival<'a> {
    pub announce: &'a Announce,
    /// In canonical form.
    pub from: SocketAddr,
    pub transport: Transport,
    /// Most bytes of peers that fit in the answer, where that is bounded; only peers of the asker's family then.
    pub peer_bytes: Option<usize>,
}

impl Tracker {
    /// A tracker that knows nobody and, until it has a policy, admits nobody. The policy runs on `runtime`.
    pub fn new(settings: TrackerSettings, runtime: Handle) -> Self {
        let totals = Arc::new(Totals::default());
        let limits = Arc::new(settings.swarm.clone());
        let parts = (0..PARTS).map(|_| {
            Mutex::new(Part {
                swarm: Swarm::new(Arc::clone(&limits), Arc::clone(&totals)),
                verdicts: Verdicts::new(settings.verdicts / PARTS, settings.stale_for_ms),
                flights: HashMap::new(),
                generation: 0,
            })
        });
        let inner = Inner {
            parts: parts.collect(),
            totals,
            subjects: Subjects::default(),
            statistics: Statistics::default(),
            policy: RwLock::new(None),
            questions: Shares::new(settings.questions, (settings.questions / 4).max(1)),
            connections: Shares::new(settings.connections, (settings.connections / 2).max(1)),
            runtime,
            started: Instant::now(),
            settings,
        };
        Self { inner: Arc::new(inner) }
    }

    pub(crate) fn settings(&self) -> &TrackerSettings {
        &self.inner.settings
    }

    pub(crate) fn statistics_of(&self) -> &Statistics {
        &self.inner.statistics
    }

    pub(crate) fn connections(&self) -> &Arc<Shares> {
        &self.inner.connections
    }

    /// Milliseconds since the start, on a clock that does not go back.
    pub(crate) fn now_ms(&self) -> u64 {
        u64::try_from(self.inner.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn part(&self, info_hash: InfoHash) -> &Mutex<Part> {
        &self.inner.parts[usize::from(info_hash.0[0]) % PARTS]
    }

    /// Answers an announce whose verdict is known; otherwise the verdict is asked for.
    pub(crate) fn announce(&self, arrival: &Arrival<'_>, peers: &mut CompactPeers) -> Step<Answer> {
        let now_ms = self.now_ms();
        let key = arrival.verdict_key();
        let mut part = self.part(key.info_hash).lock();
        if let Some(judged) = part.verdicts.fresh(&key, now_ms) {
            let judged = judged.clone();
            return Step::Done(self.carry_out(&mut part, arrival, &judged, now_ms, peers));
        }
        match self.ask(part, key, || arrival.question()) {
            Ok(flight) => Step::Wait(vec![(key.info_hash, flight)]),
            Err(unasked) => Step::Done(self.announce_after(arrival, None, unasked, peers)),
        }
    }

    /// Answers an announce after the wait: by the verdict that came, else by the last one known, else with `otherwise`.
    pub(crate) fn announce_after(
        &self,
        arrival: &Arrival<'_>,
        judged: Option<Judged>,
        otherwise: &'static str,
        peers: &mut CompactPeers,
    ) -> Answer {
        let now_ms = self.now_ms();
        let key = arrival.verdict_key();
        let mut part = self.part(key.info_hash).lock();
        match judged.or_else(|| part.verdicts.last_known(&key, now_ms).cloned()) {
            Some(judged) => self.carry_out(&mut part, arrival, &judged, now_ms, peers),
            None => self.put_off(arrival.transport, otherwise),
        }
    }

    fn put_off(&self, transport: Transport, message: &'static str) -> Answer {
        add(&self.inner.statistics.of(transport).put_off);
        Answer::Refused { message: Cow::Borrowed(message), retry_in_minutes: Some(1) }
    }

    fn carry_out(
        &self,
        part: &mut Part,
        arrival: &Arrival<'_>,
        judged: &Judged,
        now_ms: u64,
        peers: &mut CompactPeers,
    ) -> Answer {
        match judged {
            Judged::Admitted { subject, terms } => self.admit(part, arrival, subject, *terms, now_ms, peers),
            Judged::Refused { subject, refusal } => {
                self.refuse(part, arrival, subject.as_ref(), &refusal.reason, now_ms);
                Answer::Refused {
                    message: Cow::Owned(refusal.message.clone()),
                    retry_in_minutes: refusal.retry_in_minutes,
                }
            }
        }
    }

    fn admit(
        &self,
        part: &mut Part,
        arrival: &Arrival<'_>,
        subject: &Arc<Subject>,
        terms: Terms,
        now_ms: u64,
        peers: &mut CompactPeers,
    ) -> Answer {
        let random: u64 = rand::random();
        let interval_s = self.interval_s(terms, random);
        let now_s = seconds(now_ms);
        let announce = arrival.announce;
        let peer = PeerAnnounce {
            subject: Arc::clone(subject),
            address: SocketAddr::new(terms.listed_as.unwrap_or(arrival.from.ip()), announce.port),
            peer_id: announce.peer_id,
            left_bytes: announce.left_bytes,
            uploaded_bytes: announce.uploaded_bytes,
            downloaded_bytes: announce.downloaded_bytes,
            stopped: announce.event == Event::Stopped,
            started: announce.event == Event::Started,
            expires_at_s: expiry(now_s, interval_s),
            now_s,
        };
        let wanted = self.wanted(arrival, terms);
        let (counts, listed) = part.swarm.announce(announce.info_hash, &peer, wanted, random, peers);
        if !listed && !peer.stopped {
            add(&self.inner.statistics.unlisted);
        }
        subject.admitted.fetch_add(1, Ordering::Relaxed);
        add(&self.inner.statistics.of(arrival.transport).admitted);
        Answer::Peers { interval_s, counts, seen_as: arrival.from.ip() }
    }

    fn refuse(
        &self,
        part: &mut Part,
        arrival: &Arrival<'_>,
        subject: Option<&Arc<Subject>>,
        reason: &str,
        now_ms: u64,
    ) {
        let announce = arrival.announce;
        let address = SocketAddr::new(arrival.from.ip(), announce.port);
        part.swarm.refuse(announce.info_hash, subject.map(Arc::as_ref), address, announce.peer_id, seconds(now_ms));
        if let Some(subject) = subject {
            subject.refused.fetch_add(1, Ordering::Relaxed);
        }
        self.inner.statistics.refuse(RecentRefusal {
            subject: subject.map(|subject| subject.name().to_owned()),
            address: arrival.from.ip(),
            info_hash: announce.info_hash,
            reason: reason.to_owned(),
            transport: arrival.transport,
            times: 1,
            ago_ms: now_ms,
        });
    }

    fn interval_s(&self, terms: Terms, random: u64) -> u32 {
        let least = terms.interval_s.unwrap_or(self.inner.settings.interval_s);
        let least = least.clamp(*INTERVALS_S.start(), *INTERVALS_S.end());
        least + u32::try_from(random % u64::from(least / 8 + 1)).unwrap_or(0)
    }

    fn wanted(&self, arrival: &Arrival<'_>, terms: Terms) -> Wanted {
        let settings = &self.inner.settings;
        let asked = arrival.announce.peers_wanted.unwrap_or(settings.peers_by_default);
        let most = terms.most_peers.map_or(settings.most_peers, |most| most.min(settings.most_peers));
        let both = usize::try_from(asked.min(most)).unwrap_or(usize::MAX);
        match (arrival.peer_bytes, arrival.from.ip()) {
            (None, _) => Wanted { v4: both, v6: both, both },
            (Some(bytes), IpAddr::V4(_)) => Wanted { v4: bytes / 6, v6: 0, both },
            (Some(bytes), IpAddr::V6(_)) => Wanted { v4: 0, v6: bytes / 18, both },
        }
    }
}

impl Arrival<'_> {
    fn verdict_key(&self) -> VerdictKey {
        VerdictKey { info_hash: self.announce.info_hash, key: self.announce.key, address: self.from.ip() }
    }

    fn question(&self) -> PolicyRequest {
        PolicyRequest {
            info_hash: self.announce.info_hash,
            key: self.announce.key,
            address: self.from.ip(),
            transport: self.transport,
            announce: Some(AnnounceDetails {
                peer_id: self.announce.peer_id,
                port: self.announce.port,
                event: self.announce.event,
                left_bytes: self.announce.left_bytes,
                claimed_address: self.announce.claimed_address,
            }),
        }
    }
}

fn seconds(now_ms: u64) -> u32 {
    u32::try_from(now_ms / 1_000).unwrap_or(u32::MAX)
}

fn expiry(now_s: u32, interval_s: u32) -> u32 {
    now_s.saturating_add(interval_s.saturating_mul(2)).saturating_add(GRACE_S)
}
