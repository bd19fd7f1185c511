//! How fast one caller may ask: a bucket for each session, API key, registered server and, for those who are not signed
//! in, network. It is kept as one instant, the generic cell rate algorithm (ITU-T I.371). Sign-ins have a back-off of
//! their own besides, in `lamp-auth`, which counts failures and not requests.

use crate::problem::{ApiError, ApiResult};
use http::StatusCode;
use lamp_auth::Authenticated;
use lamp_core::caller::Identity;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// A full bucket lasts so long when it is emptied at the rate it fills.
const BURST: Duration = Duration::from_secs(10);
/// Programs that somebody gave a key may ask so many times as fast.
const KEY_FACTOR: u32 = 100;
/// Buckets kept. Full ones are dropped, once a second at most; a crowd beyond that is let through.
const MAX_BUCKETS: usize = 50_000;
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// Who asks.
#[derive(Debug, Clone, Copy, Hash)]
enum Asker<'a> {
    Session(&'a str),
    Key(&'a str),
    Server(&'a str),
    Network([u8; 16]),
}

/// All buckets of one host.
pub(crate) struct RateLimits {
    requests_per_second: u32,
    began: Instant,
    hasher: RandomState,
    buckets: Mutex<Buckets>,
}

#[derive(Default)]
struct Buckets {
    /// By hashed asker, when its bucket is full again, counted from the start.
    full_at: HashMap<u64, Duration>,
    next_sweep: Duration,
}

impl Buckets {
    /// The bucket of an asker; none when there is no room for a new one.
    fn find(&mut self, asker: u64, now: Duration) -> Option<&mut Duration> {
        if self.full_at.len() >= MAX_BUCKETS && now >= self.next_sweep {
            self.next_sweep = now.saturating_add(SWEEP_EVERY);
            self.full_at.retain(|_, full_at| *full_at > now);
        }
        if self.full_at.len() >= MAX_BUCKETS {
            return self.full_at.get_mut(&asker);
        }
        Some(self.full_at.entry(asker).or_default())
    }
}

impl RateLimits {
    /// Buckets that fill with so many requests a second; 0 for no limit.
    pub(crate) fn new(requests_per_second: u32) -> Self {
        let (began, hasher) = (Instant::now(), RandomState::new());
        Self { requests_per_second, began, hasher, buckets: Mutex::default() }
    }

    /// Counts a request of a caller that proved who it is. Errors: 429 with the time to wait.
    pub(crate) fn count_caller(&self, who: &Authenticated) -> ApiResult<()> {
        let asker = match (&who.caller.identity, &who.session) {
            (Identity::ApiKey { id, .. }, _) => Asker::Key(id.as_str()),
            (Identity::Site { id, .. }, _) => Asker::Server(id.as_str()),
            (_, Some(session)) => Asker::Session(session.as_str()),
            // The host itself asks nothing over HTTP.
            (_, None) => return Ok(()),
        };
        self.count(asker, self.began.elapsed())
    }

    /// Counts a request of somebody who is not signed in. Errors: 429 with the time to wait.
    pub(crate) fn count_stranger(&self, address: IpAddr) -> ApiResult<()> {
        self.count(Asker::Network(network(address)), self.began.elapsed())
    }

    fn count(&self, asker: Asker<'_>, now: Duration) -> ApiResult<()> {
        let rate = match asker {
            Asker::Key(_) => self.requests_per_second.saturating_mul(KEY_FACTOR),
            Asker::Session(_) | Asker::Server(_) | Asker::Network(_) => self.requests_per_second,
        };
        let Some(cost) = Duration::from_secs(1).checked_div(rate) else { return Ok(()) };
        let mut buckets = self.buckets.lock();
        let Some(full_at) = buckets.find(self.hasher.hash_one(asker), now) else { return Ok(()) };
        let after = now.max(*full_at).saturating_add(cost);
        let wait = after.saturating_sub(now).saturating_sub(BURST);
        if wait.is_zero() {
            *full_at = after;
            return Ok(());
        }
        let seconds = wait.as_millis().div_ceil(1_000);
        let message = format!("this is more than {rate} requests a second; try again in {seconds} s");
        let error = ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", message);
        Err(error.retry_after(u64::try_from(seconds).unwrap_or(u64::MAX)))
    }
}

/// An IPv4 address, or the first 64 bits of an IPv6 one: what one client has.
fn network(address: IpAddr) -> [u8; 16] {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => (u128::from(address) >> 64 << 64).to_be_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn let_through(limits: &RateLimits, asker: Asker<'_>, now: Duration, tries: u32) -> u32 {
        (0..tries).map(|_| u32::from(limits.count(asker, now).is_ok())).sum()
    }

    #[test]
    fn a_burst_is_let_through_then_the_rate_holds() {
        let limits = RateLimits::new(5);
        let (session, start) = (Asker::Session("s"), Duration::from_secs(100));
        assert_eq!(let_through(&limits, session, start, 200), 50, "ten seconds' worth at once");
        assert_eq!(let_through(&limits, session, start + Duration::from_secs(2), 200), 10);
        assert_eq!(let_through(&limits, session, start + Duration::from_secs(60), 200), 50, "never more than full");
    }

    #[test]
    fn callers_have_buckets_of_their_own_and_keys_larger_ones() {
        let limits = RateLimits::new(1);
        let now = Duration::from_secs(1);
        for asker in [Asker::Session("a"), Asker::Session("b"), Asker::Network([0; 16])] {
            assert_eq!(let_through(&limits, asker, now, 100), 10, "{asker:?}");
        }
        assert_eq!(let_through(&limits, Asker::Key("a"), now, 5_000), 1_000);
    }

    #[test]
    fn a_refusal_says_when_to_come_again() {
        let limits = RateLimits::new(1);
        let (asker, now) = (Asker::Session("s"), Duration::from_secs(7));
        assert_eq!(let_through(&limits, asker, now, 10), 10);
        let refused = limits.count(asker, now).unwrap_err();
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(format!("{refused:?}").contains("retry_after_secs: Some(1)"), "{refused:?}");
        assert!(limits.count(asker, now + Duration::from_secs(1)).is_ok());
    }

    #[test]
    fn without_a_limit_nobody_is_counted() {
        let limits = RateLimits::new(0);
        assert_eq!(let_through(&limits, Asker::Session("s"), Duration::ZERO, 10_000), 10_000);
        assert!(limits.buckets.lock().full_at.is_empty());
    }

    #[test]
    fn memory_is_bounded_and_a_network_of_version_6_is_one_asker() {
        let limits = RateLimits::new(1);
        for turn in 0..60_000_u32 {
            limits.count_stranger(std::net::Ipv4Addr::from(turn).into()).unwrap();
        }
        assert!(limits.buckets.lock().full_at.len() <= MAX_BUCKETS);
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::7"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::7"), of("2001:db8:1:3::7"));
        assert_eq!(of("::ffff:10.0.0.1"), of("10.0.0.1"));
    }
}
