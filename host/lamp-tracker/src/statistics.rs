//! What the tracker did, for people and for Prometheus. The way of an announce only adds to numbers.

use crate::wire::{InfoHash, Transport};
use metrics::{Counter, Gauge, counter, gauge};
use parking_lot::Mutex;
use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};

/// Refusals shown to an operator.
const RECENT: usize = 256;
/// Reasons counted apart; those that come later count as [`OTHER`].
const REASONS: usize = 64;
const OTHER: &str = "other";

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident => $metric:literal),+ $(,)?) => {
        /// Numbers of one transport since the start.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
        pub struct TransportNumbers {
            $($(#[$doc])* pub $name: u64,)+
        }

        /// The same while they grow.
        #[derive(Debug, Default)]
        pub(crate) struct Numbers {
            $(pub $name: AtomicU64,)+
        }

        impl Numbers {
            fn read(&self) -> TransportNumbers {
                TransportNumbers { $($name: self.$name.load(Ordering::Relaxed),)+ }
            }
        }

        /// Handles to the counters of one transport.
        struct NumberMetrics {
            $($name: Counter,)+
        }

        impl NumberMetrics {
            fn register(transport: &'static str) -> Self {
                Self { $($name: counter!(concat!("lamphouse_tracker_", $metric, "_total"), "transport" => transport),)+ }
            }

            fn publish(&self, numbers: &TransportNumbers) {
                $(self.$name.absolute(numbers.$name);)+
            }
        }
    };
}

numbers! {
    /// Announces that got peers.
    admitted => "announces_admitted",
    /// Announces that the policy refused.
    refused => "announces_refused",
    /// Announces and scrapes put off because no verdict came in time.
    put_off => "requests_put_off",
    /// Scrapes answered.
    scrapes => "scrapes",
    /// Requests that were not understood.
    malformed => "requests_malformed",
    /// Connect requests (UDP).
    connects => "connects",
    /// Packets without a valid connection id (UDP); they get no answer.
    unconnected => "packets_unconnected",
    /// Connections that were not taken, for there were too many (HTTP).
    turned_away => "connections_turned_away",
}

pub(crate) fn add(number: &AtomicU64) {
    number.fetch_add(1, Ordering::Relaxed);
}

/// What the tracker did since its start, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrackerStatistics {
    /// Over UDP.
    pub udp: TransportNumbers,
    /// Over HTTP.
    pub http: TransportNumbers,
    /// Refused announces by the policy's reason.
    pub refused_by_reason: BTreeMap<String, u64>,
    /// Times the policy was asked.
    pub policy_calls: u64,
    /// Times it gave no verdict.
    pub policy_failures: u64,
    /// Announces answered whose peer found no place in the lists.
    pub unlisted: u64,
    /// Torrents known.
    pub torrents: usize,
    /// Peers listed.
    pub peers: usize,
    /// Verdicts remembered.
    pub verdicts: usize,
    /// Open HTTP connections.
    pub connections: usize,
}

/// A refusal as an operator sees it; the same one again only counts up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecentRefusal {
    /// Whose key it was, where the policy knew.
    pub subject: Option<String>,
    /// From where.
    pub address: IpAddr,
    /// For which torrent.
    pub info_hash: InfoHash,
    /// Why.
    pub reason: String,
    /// How it came last.
    pub transport: Transport,
    /// How often.
    pub times: u64,
    /// Milliseconds since it came last.
    pub ago_ms: u64,
}

/// All numbers that grow.
#[derive(Debug, Default)]
pub(crate) struct Statistics {
    pub udp: Numbers,
    pub http: Numbers,
    pub policy_calls: AtomicU64,
    pub policy_failures: AtomicU64,
    pub unlisted: AtomicU64,
    reasons: Mutex<BTreeMap<String, u64>>,
    /// Newest last; `ago_ms` holds the time of the last one until it is shown.
    recent: Mutex<VecDeque<RecentRefusal>>,
}

/// What is counted elsewhere.
pub(crate) struct Holdings {
    pub torrents: usize,
    pub peers: usize,
    pub verdicts: usize,
    pub connections: usize,
}

impl Statistics {
    pub fn of(&self, transport: Transport) -> &Numbers {
        match transport {
            Transport::Udp => &self.udp,
            Transport::Http => &self.http,
        }
    }

    /// Notes a refused announce. `refusal.ago_ms` is the tracker's present time.
    pub fn refuse(&self, mut refusal: RecentRefusal) {
        add(&self.of(refusal.transport).refused);
        let mut reasons = self.reasons.lock();
        let name =
            if reasons.len() < REASONS || reasons.contains_key(&refusal.reason) { &refusal.reason } else { OTHER };
        match reasons.get_mut(name) {
            Some(count) => *count += 1,
            None => drop(reasons.insert(name.to_owned(), 1)),
        }
        drop(reasons);
        let mut recent = self.recent.lock();
        let same = recent.iter().rposition(|earlier| {
            earlier.address == refusal.address
                && earlier.info_hash == refusal.info_hash
                && earlier.reason == refusal.reason
                && earlier.subject == refusal.subject
        });
        if let Some(earlier) = same.and_then(|at| recent.remove(at)) {
            refusal.times += earlier.times;
        } else if recent.len() == RECENT {
            recent.pop_front();
        }
        recent.push_back(refusal);
    }

    /// The last refusals, newest first.
    pub fn recent(&self, now_ms: u64) -> Vec<RecentRefusal> {
        let recent = self.recent.lock();
        let aged = |refusal: &RecentRefusal| RecentRefusal {
            ago_ms: now_ms.saturating_sub(refusal.ago_ms),
            ..refusal.clone()
        };
        recent.iter().rev().map(aged).collect()
    }

    pub fn read(&self, holdings: &Holdings) -> TrackerStatistics {
        TrackerStatistics {
            udp: self.udp.read(),
            http: self.http.read(),
            refused_by_reason: self.reasons.lock().clone(),
            policy_calls: self.policy_calls.load(Ordering::Relaxed),
            policy_failures: self.policy_failures.load(Ordering::Relaxed),
            unlisted: self.unlisted.load(Ordering::Relaxed),
            torrents: holdings.torrents,
            peers: holdings.peers,
            verdicts: holdings.verdicts,
            connections: holdings.connections,
        }
    }
}

/// Handles to all metrics, made once.
pub(crate) struct TrackerMetrics {
    udp: NumberMetrics,
    http: NumberMetrics,
    policy_calls: Counter,
    policy_failures: Counter,
    unlisted: Counter,
    torrents: Gauge,
    peers: Gauge,
    verdicts: Gauge,
    connections: Gauge,
}

impl TrackerMetrics {
    pub fn register() -> Self {
        Self {
            udp: NumberMetrics::register("udp"),
            http: NumberMetrics::register("http"),
            policy_calls: counter!("lamphouse_tracker_policy_calls_total"),
            policy_failures: counter!("lamphouse_tracker_policy_failures_total"),
            unlisted: counter!("lamphouse_tracker_peers_unlisted_total"),
            torrents: gauge!("lamphouse_tracker_torrents"),
            peers: gauge!("lamphouse_tracker_peers"),
            verdicts: gauge!("lamphouse_tracker_verdicts"),
            connections: gauge!("lamphouse_tracker_connections"),
        }
    }

    pub fn publish(&self, statistics: &TrackerStatistics) {
        self.udp.publish(&statistics.udp);
        self.http.publish(&statistics.http);
        self.policy_calls.absolute(statistics.policy_calls);
        self.policy_failures.absolute(statistics.policy_failures);
        self.unlisted.absolute(statistics.unlisted);
        for (gauge, count) in [
            (&self.torrents, statistics.torrents),
            (&self.peers, statistics.peers),
            (&self.verdicts, statistics.verdicts),
            (&self.connections, statistics.connections),
        ] {
            // Far below 2^32: all of these are bounded.
            gauge.set(f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(number: u8, reason: &str, at_ms: u64) -> RecentRefusal {
        RecentRefusal {
            subject: None,
            address: IpAddr::from([192, 0, 2, number]),
            info_hash: InfoHash([1; 20]),
            reason: reason.to_owned(),
            transport: Transport::Udp,
            times: 1,
            ago_ms: at_ms,
        }
    }

    #[test]
    fn the_same_refusal_counts_up_and_comes_first() {
        let statistics = Statistics::default();
        for at_ms in 0..1_000 {
            statistics.refuse(refusal(1, "unknown key", at_ms));
        }
        statistics.refuse(refusal(2, "unknown key", 1_500));
        let recent = statistics.recent(2_000);
        assert_eq!(
            recent.iter().map(|refusal| (refusal.times, refusal.ago_ms)).collect::<Vec<_>>(),
            [(1, 500), (1_000, 1_001)]
        );
    }

    #[test]
    fn what_strangers_cause_is_bounded() {
        let statistics = Statistics::default();
        for number in 0..1_000_u64 {
            let name = format!("reason {number}");
            statistics.refuse(refusal(u8::try_from(number % 256).unwrap(), &name, number));
        }
        assert_eq!(statistics.recent(1_000).len(), RECENT);
        let counted = statistics.read(&Holdings { torrents: 0, peers: 0, verdicts: 0, connections: 0 });
        assert_eq!(counted.refused_by_reason.len(), REASONS + 1);
        assert_eq!(counted.refused_by_reason.values().sum::<u64>(), 1_000);
        assert_eq!(counted.udp.refused, 1_000);
    }
}
