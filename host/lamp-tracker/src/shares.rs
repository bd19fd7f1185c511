//! Places that are bounded in all and for each source, so that one source cannot take them all.

use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

/// A client's network: an IPv4 address or the first 64 bits of an IPv6 one.
fn source(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        // The lowest 32 bits are free for IPv4: no prefix meets an address.
        IpAddr::V6(address) => u128::from(address) >> 64 << 32 | 1 << 127,
    }
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_source: HashMap<u128, usize>,
}

/// The places.
#[derive(Debug)]
pub(crate) struct Shares {
    most: usize,
    most_per_source: usize,
    taken: Mutex<Taken>,
}

/// One place; it is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    shares: Arc<Shares>,
    source: u128,
}

impl Shares {
    pub fn new(most: usize, most_per_source: usize) -> Arc<Self> {
        Arc::new(Self { most, most_per_source, taken: Mutex::default() })
    }

    /// A place, when there is one for this address.
    pub fn take(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let source = source(address);
        let mut taken = self.taken.lock();
        if taken.all >= self.most {
            return None;
        }
        let of_source = taken.by_source.entry(source).or_default();
        if *of_source >= self.most_per_source {
            return None;
        }
        *of_source += 1;
        taken.all += 1;
        Some(Place { shares: Arc::clone(self), source })
    }

    /// Places taken.
    pub fn taken(&self) -> usize {
        self.taken.lock().all
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.shares.taken.lock();
        taken.all = taken.all.saturating_sub(1);
        if let Some(of_source) = taken.by_source.get_mut(&self.source) {
            *of_source = of_source.saturating_sub(1);
            if *of_source == 0 {
                taken.by_source.remove(&self.source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_takes_its_share_and_no_more() {
        let shares = Shares::new(3, 2);
        let here: IpAddr = "192.0.2.1".parse().unwrap();
        let places = [shares.take(here), shares.take("::ffff:192.0.2.1".parse().unwrap())];
        assert!(places.iter().all(Option::is_some));
        assert!(shares.take(here).is_none(), "the share of one source");
        let other = shares.take("2001:db8::1".parse().unwrap());
        assert!(other.is_some());
        assert!(shares.take("2001:db8:0:1::1".parse().unwrap()).is_none(), "all places");
        drop(places);
        drop(other);
        assert_eq!(shares.taken(), 0);
        assert!(shares.taken.lock().by_source.is_empty());
    }

    #[test]
    fn an_ipv6_source_is_its_network() {
        let shares = Shares::new(10, 1);
        let _first = shares.take("2001:db8::1".parse().unwrap()).unwrap();
        assert!(shares.take("2001:db8::ffff:2".parse().unwrap()).is_none());
        assert!(shares.take("2001:db8:0:1::1".parse().unwrap()).is_some());
    }
}
