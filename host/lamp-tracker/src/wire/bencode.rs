//! The four answers over HTTP. Their keys are few and known, so they are written in order, without a general encoder.

use super::{CompactPeers, InfoHash, SwarmCounts};
use std::io::Write;
use std::net::IpAddr;

/// The answer to an announce. `address` is how the tracker sees the client (BEP 24); `peers6` stands where there are
/// IPv6 peers (BEP 7).
pub fn announce(interval_s: u32, counts: SwarmCounts, peers: &CompactPeers, address: IpAddr) -> Vec<u8> {
    let mut out = Vec::with_capacity(160 + peers.v4.len() + peers.v6.len());
    out.push(b'd');
    integer(&mut out, "complete", counts.seeders);
    integer(&mut out, "downloaded", counts.completed);
    match address {
        IpAddr::V4(address) => bytes(&mut out, "external ip", &address.octets()),
        IpAddr::V6(address) => bytes(&mut out, "external ip", &address.octets()),
    }
    integer(&mut out, "incomplete", counts.leechers);
    integer(&mut out, "interval", interval_s);
    bytes(&mut out, "peers", &peers.v4);
    if !peers.v6.is_empty() {
        bytes(&mut out, "peers6", &peers.v6);
    }
    out.push(b'e');
    out
}

/// A refusal; `retry_in_minutes` by BEP 31, none leaves it to the client.
pub fn failure(reason: &str, retry_in_minutes: Option<u32>) -> Vec<u8> {
    let mut out = Vec::with_capacity(48 + reason.len());
    out.push(b'd');
    bytes(&mut out, "failure reason", reason.as_bytes());
    if let Some(minutes) = retry_in_minutes {
        integer(&mut out, "retry in", minutes);
    }
    out.push(b'e');
    out
}

/// The answer to a scrape (BEP 48). `files` may come in any order; each hash stands once.
pub fn scrape(files: &mut Vec<(InfoHash, SwarmCounts)>, least_interval_s: u32) -> Vec<u8> {
    files.sort_unstable_by_key(|(hash, _)| *hash);
    files.dedup_by_key(|(hash, _)| *hash);
    let mut out = Vec::with_capacity(64 + files.len() * 100);
    out.extend_from_slice(b"d5:filesd");
    for (hash, counts) in files.iter() {
        string(&mut out, &hash.0);
        out.push(b'd');
        integer(&mut out, "complete", counts.seeders);
        integer(&mut out, "downloaded", counts.completed);
        integer(&mut out, "incomplete", counts.leechers);
        out.push(b'e');
    }
    out.extend_from_slice(b"e5:flagsd");
    integer(&mut out, "min_request_interval", least_interval_s);
    out.extend_from_slice(b"ee");
    out
}

fn integer(out: &mut Vec<u8>, name: &str, value: u32) {
    string(out, name.as_bytes());
    // Writing to memory does not fail.
    drop(write!(out, "i{value}e"));
}

fn bytes(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    string(out, name.as_bytes());
    string(out, value);
}

fn string(out: &mut Vec<u8>, value: &[u8]) {
    drop(write!(out, "{}:", value.len()));
    out.extend_from_slice(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_bencoded_with_sorted_keys() {
        let counts = SwarmCounts { seeders: 2, leechers: 10, completed: 7 };
        let mut peers = CompactPeers { v4: vec![b'a'; 6], v6: Vec::new() };
        assert_eq!(
            announce(300, counts, &peers, "1.2.3.4".parse().unwrap()),
            b"d8:completei2e10:downloadedi7e11:external ip4:\x01\x02\x03\x0410:incompletei10e8:intervali300e5:peers6:aaaaaae"
        );
        peers.v6 = vec![b'b'; 18];
        let with_v6 = announce(300, counts, &peers, "::1".parse().unwrap());
        assert!(with_v6.ends_with(b"6:peers618:bbbbbbbbbbbbbbbbbbe"));
        assert_eq!(failure("no", None), b"d14:failure reason2:noe");
        assert_eq!(failure("later", Some(1)), b"d14:failure reason5:later8:retry ini1ee");
    }

    #[test]
    fn a_scrape_lists_each_hash_once_in_order() {
        let one = SwarmCounts { seeders: 1, ..SwarmCounts::default() };
        let mut files = vec![
            (InfoHash([b'b'; 20]), one),
            (InfoHash([b'a'; 20]), SwarmCounts::default()),
            (InfoHash([b'b'; 20]), one),
        ];
        assert_eq!(
            String::from_utf8(scrape(&mut files, 60)).unwrap(),
            "d5:filesd20:aaaaaaaaaaaaaaaaaaaad8:completei0e10:downloadedi0e10:incompletei0ee\
             20:bbbbbbbbbbbbbbbbbbbbd8:completei1e10:downloadedi0e10:incompletei0eee\
             5:flagsd20:min_request_intervali60eee"
        );
    }
}
