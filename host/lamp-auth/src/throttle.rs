//! Back-off of sign-ins. Failures make the next try wait, never an account freeze: the owner gets in after at most a minute.
//! Three counts: account and address together, address alone (an IPv6 one by its /64), account alone from addresses
//! that never signed in to it. A try counts as failed until it is known to be good, so that a burst gains nothing.

use lamp_core::clock::UnixMs;
use parking_lot::Mutex;
use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

/// Longest wait, in milliseconds.
const MAX_WAIT_MS: i64 = 60_000;
/// A count without a new failure is forgotten after this long, in milliseconds.
const FORGET_AFTER_MS: i64 = 15 * 60_000;
/// Counts kept; beyond it those that block nobody are dropped.
const MAX_COUNTS: usize = 20_000;
/// Pairs of account and address known to be good.
const MAX_KNOWN: usize = 10_000;

/// What a count is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Pair(String, Address),
    Address(Address),
    Account(String),
}

impl Key {
    /// Failures that cost no wait.
    fn free(&self) -> u32 {
        match self {
            Self::Pair(..) => 5,
            Self::Address(_) => 20,
            Self::Account(_) => 50,
        }
    }
}

/// A client's network: an IPv4 address or the first 64 bits of an IPv6 one; none on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Address(Option<u64>, bool);

impl Address {
    fn of(address: Option<IpAddr>) -> Self {
        match address.map(|address| address.to_canonical()) {
            None => Self(None, false),
            Some(IpAddr::V4(address)) => Self(Some(u64::from(u32::from(address))), false),
            Some(IpAddr::V6(address)) => Self(u64::try_from(u128::from(address) >> 64).ok(), true),
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Count {
    failures: u32,
    last: UnixMs,
    blocked_until: UnixMs,
}

#[derive(Default)]
struct Counts {
    counts: HashMap<Key, Count>,
    known: HashSet<(String, Address)>,
}

/// All counts of one host.
#[derive(Default)]
pub(crate) struct SignInThrottle(Mutex<Counts>);

/// One try that was let through.
#[derive(Debug)]
pub(crate) struct Attempt {
    account: String,
    address: Address,
}

impl SignInThrottle {
    /// Lets a try through, or says how many milliseconds to wait.
    pub(crate) fn begin(&self, account: &str, address: Option<IpAddr>, now: UnixMs) -> Result<Attempt, i64> {
        let attempt = Attempt {
            account: account.chars().take(128).collect::<String>().to_lowercase(),
            address: Address::of(address),
        };
        let mut counts = self.0.lock();
        let keys = counts.keys(&attempt);
        let wait =
            keys.iter().filter_map(|key| counts.counts.get(key)).map(|count| count.blocked_until.0 - now.0).max();
        if let Some(wait) = wait.filter(|wait| *wait > 0) {
            return Err(wait);
        }
        for key in keys {
            counts.fail(key, now);
        }
        counts.bound(now);
        Ok(attempt)
    }

    /// The try was good: its failures are forgotten, the address keeps those of others.
    pub(crate) fn succeeded(&self, attempt: Attempt) {
        let mut counts = self.0.lock();
        counts.counts.remove(&Key::Pair(attempt.account.clone(), attempt.address));
        for key in [Key::Address(attempt.address), Key::Account(attempt.account.clone())] {
            if let Some(count) = counts.counts.get_mut(&key) {
                count.failures = count.failures.saturating_sub(1);
                count.blocked_until = UnixMs(0);
            }
        }
        if counts.known.len() >= MAX_KNOWN {
            counts.known.clear();
        }
        counts.known.insert((attempt.account, attempt.address));
    }
}

impl Counts {
    fn keys(&self, attempt: &Attempt) -> Vec<Key> {
        let pair = (attempt.account.clone(), attempt.address);
        let known = self.known.contains(&pair);
        let mut keys = vec![Key::Pair(pair.0, pair.1), Key::Address(attempt.address)];
        if !known {
            keys.push(Key::Account(attempt.account.clone()));
        }
        keys
    }

    fn fail(&mut self, key: Key, now: UnixMs) {
        let free = key.free();
        let count = self.counts.entry(key).or_insert(Count { failures: 0, last: now, blocked_until: UnixMs(0) });
        if now.0 - count.last.0 > FORGET_AFTER_MS {
            count.failures = 0;
        }
        count.failures = count.failures.saturating_add(1);
        count.last = now;
        if let Some(over) = count.failures.checked_sub(free) {
            let wait = 1_000_i64.saturating_mul(1_i64 << over.min(16)).min(MAX_WAIT_MS);
            count.blocked_until = now.plus_ms(wait);
        }
    }

    fn bound(&mut self, now: UnixMs) {
        if self.counts.len() > MAX_COUNTS {
            self.counts.retain(|_, count| now.0 - count.last.0 <= FORGET_AFTER_MS);
        }
        if self.counts.len() > MAX_COUNTS {
            self.counts.retain(|_, count| count.blocked_until.0 > now.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    /// Lets failures through until the first wait; returns how many went through.
    fn failures_until_wait(
        throttle: &SignInThrottle,
        name: impl Fn(usize) -> String,
        from: impl Fn(usize) -> Option<IpAddr>,
    ) -> usize {
        (0..1_000).take_while(|turn| throttle.begin(&name(*turn), from(*turn), UnixMs(0)).is_ok()).count()
    }

    #[test]
    fn five_failures_are_free_then_the_wait_doubles_up_to_a_minute() {
        let throttle = SignInThrottle::default();
        let mut now = UnixMs(1_000_000);
        for _ in 0..5 {
            assert!(throttle.begin("ada", ip("10.0.0.1"), now).is_ok());
        }
        let mut waits = Vec::new();
        for _ in 0..9 {
            let wait = throttle.begin("ada", ip("10.0.0.1"), now).unwrap_err();
            waits.push(wait);
            now = now.plus_ms(wait);
            assert!(throttle.begin("ada", ip("10.0.0.1"), now).is_ok());
        }
        assert_eq!(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    }

    #[test]
    fn one_address_is_slowed_over_many_accounts_and_a_v6_network_counts_as_one() {
        let throttle = SignInThrottle::default();
        assert_eq!(failures_until_wait(&throttle, |turn| format!("user{turn}"), |_| ip("10.0.0.1")), 20);
        let throttle = SignInThrottle::default();
        let rotating = |turn: usize| ip(&format!("2001:db8:1:2::{turn:x}"));
        assert_eq!(failures_until_wait(&throttle, |turn| format!("user{turn}"), rotating), 20);
        assert!(throttle.begin("other", ip("2001:db8:1:3::1"), UnixMs(0)).is_ok(), "another network");
    }

    #[test]
    fn guesses_from_many_addresses_slow_the_account_but_not_where_its_owner_signed_in() {
        let throttle = SignInThrottle::default();
        let owner = throttle.begin("Ada", ip("10.0.0.1"), UnixMs(0)).unwrap();
        throttle.succeeded(owner);
        let from = |turn: usize| ip(&format!("192.0.{}.{}", turn / 250, turn % 250));
        assert_eq!(failures_until_wait(&throttle, |_| "ada".to_owned(), from), 50);
        assert!(throttle.begin("ada", ip("10.0.0.1"), UnixMs(0)).is_ok(), "the owner gets in at once");
    }

    #[test]
    fn a_good_sign_in_clears_its_own_failures() {
        let throttle = SignInThrottle::default();
        for round in 0..6 {
            for _ in 0..3 {
                assert!(throttle.begin("ada", ip("10.0.0.1"), UnixMs(0)).is_ok(), "round {round}");
            }
            let good = throttle.begin("ada", ip("10.0.0.1"), UnixMs(0));
            throttle.succeeded(good.unwrap());
        }
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = SignInThrottle::default();
        for turn in 0..60_000_u32 {
            let address = IpAddr::from(std::net::Ipv4Addr::from(turn.wrapping_mul(7_919)));
            throttle.begin(&format!("user{turn}"), Some(address), UnixMs(0)).ok();
        }
        assert!(throttle.0.lock().counts.len() <= MAX_COUNTS + 3);
    }
}
