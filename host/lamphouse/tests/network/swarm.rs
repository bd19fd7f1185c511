//! The smallest client of a tracker: one announce over HTTP.

use crate::client::send;

/// What a tracker answers.
#[derive(Debug, PartialEq, Eq)]
pub enum Announced {
    /// The ports of the peers, sorted.
    Peers(Vec<u16>),
    /// What the client is told.
    Refused(String),
    /// No verdict came in time.
    Later,
}

/// Announces a seeder that listens on `port` on the loopback.
pub fn announce(url: &str, port: u16) -> Announced {
    let (address, path) = url.strip_prefix("http://").and_then(|rest| rest.split_once('/')).unwrap();
    let hash = "%AA".repeat(20);
    // With something left, so that it is told of others whatever they have.
    let target =
        format!("/{path}&info_hash={hash}&peer_id=-XX0001-{port:012}&port={port}&left=1&compact=1&event=started");
    let answer = send(address, "GET", &target, &[], "").unwrap();
    if let Some(told) = text(&answer.body, b"14:failure reason") {
        let told = String::from_utf8(told).unwrap();
        return if told.contains("try again") { Announced::Later } else { Announced::Refused(told) };
    }
    let peers = text(&answer.body, b"5:peers").unwrap_or_else(|| panic!("{:?}", String::from_utf8_lossy(&answer.body)));
    let mut ports: Vec<u16> =
        peers.as_chunks::<6>().0.iter().map(|peer| u16::from_be_bytes([peer[4], peer[5]])).collect();
    ports.sort_unstable();
    Announced::Peers(ports)
}

/// The text that follows a key of a bencoded dictionary.
fn text(bencoded: &[u8], key: &[u8]) -> Option<Vec<u8>> {
    let after = bencoded.windows(key.len()).position(|window| window == key)? + key.len();
    let rest = &bencoded[after..];
    let colon = rest.iter().position(|byte| *byte == b':')?;
    let length: usize = std::str::from_utf8(&rest[..colon]).ok()?.parse().ok()?;
    rest.get(colon + 1..colon + 1 + length).map(<[u8]>::to_vec)
}
