//! Connection ids of BEP 15 without a table: a keyed hash of the client's address and the time, so that an id is good
//! for that address only and for two to four minutes. The key is new in every process.

use std::net::IpAddr;

/// Length of a window; an id is good in its window and in the next. BEP 15 wants two minutes at least.
const WINDOW_MS: u64 = 120_000;

/// Makes and checks connection ids.
pub struct ConnectionIds {
    key: [u8; 32],
}

impl ConnectionIds {
    /// With a key that nobody else knows.
    pub fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// The id for an address at `now_ms`, milliseconds of any clock that does not go back.
    pub fn issue(&self, address: IpAddr, now_ms: u64) -> u64 {
        self.hash(address, now_ms / WINDOW_MS)
    }

    /// Whether the id was issued for this address not long ago.
    pub fn is_valid(&self, id: u64, address: IpAddr, now_ms: u64) -> bool {
        let window = now_ms / WINDOW_MS;
        // One comparison of whole words each: there is no prefix to find out by time.
        id == self.hash(address, window)
            || window.checked_sub(1).is_some_and(|previous| id == self.hash(address, previous))
    }

    fn hash(&self, address: IpAddr, window: u64) -> u64 {
        let mut input = [0_u8; 24];
        match address {
            IpAddr::V4(address) => input[..16].copy_from_slice(&address.to_ipv6_mapped().octets()),
            IpAddr::V6(address) => input[..16].copy_from_slice(&address.octets()),
        }
        input[16..].copy_from_slice(&window.to_be_bytes());
        let mut first = [0; 8];
        first.copy_from_slice(&blake3::keyed_hash(&self.key, &input).as_bytes()[..8]);
        u64::from_be_bytes(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    #[test]
    fn an_id_lives_two_to_four_minutes() {
        let ids = ConnectionIds::new([7; 32]);
        for issued_ms in [0, 1, WINDOW_MS - 1, WINDOW_MS, 10 * WINDOW_MS + 17] {
            let id = ids.issue(HERE, issued_ms);
            assert!(ids.is_valid(id, HERE, issued_ms));
            assert!(ids.is_valid(id, HERE, issued_ms + 120_000), "{issued_ms}");
            assert!(!ids.is_valid(id, HERE, issued_ms + 240_000), "{issued_ms}");
        }
        let later = ids.issue(HERE, 3 * WINDOW_MS);
        assert!(!ids.is_valid(later, HERE, WINDOW_MS), "an id of the future");
    }

    #[test]
    fn an_id_is_good_for_one_address_and_one_process() {
        let ids = ConnectionIds::new([7; 32]);
        let id = ids.issue(HERE, 5);
        assert!(!ids.is_valid(id, "192.0.2.2".parse().unwrap(), 5));
        assert!(!ids.is_valid(id, "2001:db8::1".parse().unwrap(), 5));
        assert!(!ConnectionIds::new([8; 32]).is_valid(id, HERE, 5), "issued before a restart");
        for bit in 0..64 {
            assert!(!ids.is_valid(id ^ (1 << bit), HERE, 5), "bit {bit}");
        }
    }

    #[test]
    fn guesses_are_not_ids() {
        let ids = ConnectionIds::new([7; 32]);
        let mut guess = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..1_000_000 {
            guess = guess.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            assert!(!ids.is_valid(guess, HERE, 0));
        }
    }
}
