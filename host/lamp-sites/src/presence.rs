//! Signs of life of servers: kept in memory and written now and then, many at once, so that a thousand sites that come
//! back together cost one transaction.

use lamp_core::clock::UnixMs;
use lamp_core::id::ServerId;
use lamp_store::servers::SignOfLife;
use parking_lot::Mutex;
use std::collections::HashMap;

/// Time between two heartbeats of a site, in milliseconds.
pub const HEARTBEAT_MS: i64 = 60_000;
/// A server is online while its last heartbeat is younger than this, in milliseconds.
pub const ONLINE_MS: i64 = 5 * 60_000;

/// What was heard and is not written yet.
#[derive(Debug, Default)]
pub(crate) struct Presence(Mutex<HashMap<ServerId, SignOfLife>>);

impl Presence {
    /// Notes a sign of life.
    pub(crate) fn note(&self, server: &ServerId, sign: SignOfLife) {
        let mut signs = self.0.lock();
        let known = signs.entry(server.clone()).or_default();
        known.at = known.at.max(sign.at);
        known.free_bytes = sign.free_bytes.or(known.free_bytes);
        known.capacity_bytes = sign.capacity_bytes.or(known.capacity_bytes);
        known.clock_skew_ms = sign.clock_skew_ms.or(known.clock_skew_ms);
    }

    /// The newest sign of a server that is not written yet.
    pub(crate) fn of(&self, server: &ServerId) -> Option<SignOfLife> {
        self.0.lock().get(server).copied()
    }

    /// Everything that is to be written. It stays visible until [`Self::written`].
    pub(crate) fn unwritten(&self) -> Vec<(ServerId, SignOfLife)> {
        self.0.lock().iter().map(|(server, sign)| (server.clone(), *sign)).collect()
    }

    /// Forgets what was written, unless something newer came meanwhile.
    pub(crate) fn written(&self, signs: &[(ServerId, SignOfLife)]) {
        let mut kept = self.0.lock();
        for (server, sign) in signs {
            if kept.get(server) == Some(sign) {
                kept.remove(server);
            }
        }
    }
}

/// Whether a server that was last heard at `last_seen` is online.
pub(crate) fn is_online(last_seen: Option<UnixMs>, now: UnixMs) -> bool {
    last_seen.is_some_and(|seen| now.0.saturating_sub(seen.0) < ONLINE_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_online_for_less_than_five_minutes() {
        for (last_seen, online) in [(None, false), (Some(0), false), (Some(1), true), (Some(300_000), true)] {
            assert_eq!(is_online(last_seen.map(UnixMs), UnixMs(300_000)), online, "{last_seen:?}");
        }
        assert!(is_online(Some(UnixMs(5)), UnixMs(1)), "a clock that was put back takes nobody offline");
    }

    #[test]
    fn what_comes_while_it_is_written_is_written_next() {
        let presence = Presence::default();
        let server = ServerId::from("a");
        let sign = |at, free| SignOfLife { at: UnixMs(at), free_bytes: free, ..SignOfLife::default() };
        presence.note(&server, sign(1, Some(9)));
        let first = presence.unwritten();
        presence.note(&server, sign(2, None));
        presence.written(&first);
        assert_eq!(presence.of(&server), Some(sign(2, Some(9))), "numbers that were not told again stay");
        presence.written(&presence.unwritten());
        assert_eq!(presence.of(&server), None);
    }
}
