//! Bytes to types and back, without I/O: UDP (BEP 15 and 41) and HTTP (BEP 3, 7, 23, 24, 31 and 48).

pub mod bencode;
pub mod connection_id;
pub mod http;
pub mod key;
pub mod udp;

pub use key::AccessKey;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// Most info hashes in one scrape (BEP 15: what fits in a packet).
pub const MAX_SCRAPED: usize = 74;

macro_rules! twenty_bytes {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub [u8; 20]);

        impl $name {
            /// From exactly 40 hexadecimal digits.
            pub fn from_hex(text: &str) -> Option<Self> {
                let mut bytes = [0; 20];
                hex::decode_to_slice(text, &mut bytes).ok()?;
                Some(Self(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, formatter)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::from_hex(&text).ok_or_else(|| serde::de::Error::custom("expected 40 hexadecimal digits"))
            }
        }
    };
}

twenty_bytes!(
    /// SHA-1 of a torrent's info dictionary (BEP 3); 40 hexadecimal digits as text.
    InfoHash
);
twenty_bytes!(
    /// What a client calls itself for one run (BEP 20); 40 hexadecimal digits as text.
    PeerId
);

impl PeerId {
    /// The part of the id that names program and version by BEP 20, such as `-TR3000-`; none where it is not text.
    pub fn client(&self) -> Option<&str> {
        let name = std::str::from_utf8(&self.0[..8]).ok()?;
        name.bytes().all(|byte| byte.is_ascii_graphic()).then_some(name)
    }
}

/// What a client says has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// Nothing; a regular announce.
    #[default]
    Regular,
    /// The first announce of a run.
    Started,
    /// The client leaves the swarm.
    Stopped,
    /// The client has just become a seed.
    Completed,
}

/// How a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// BEP 15.
    Udp,
    /// BEP 3.
    Http,
}

/// One announce, as it was sent over either transport.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announce {
    /// The swarm.
    pub info_hash: InfoHash,
    /// The client.
    pub peer_id: PeerId,
    /// The key in the announce URL, where there is one.
    pub key: Option<AccessKey>,
    /// Where the client listens; 0 when it does not.
    pub port: u16,
    /// Bytes sent in this run, by its own account.
    pub uploaded_bytes: u64,
    /// Bytes received, by its own account.
    pub downloaded_bytes: u64,
    /// Bytes still missing; none when the client does not know, as while it resolves a magnet link.
    pub left_bytes: Option<u64>,
    /// What has happened.
    pub event: Event,
    /// Peers asked for; none leaves the number to the tracker.
    pub peers_wanted: Option<u32>,
    /// The address the client says it has. Nothing but a policy may believe it.
    pub claimed_address: Option<IpAddr>,
}

/// Counts of one swarm (BEP 48).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct SwarmCounts {
    /// Peers that have everything.
    pub seeders: u32,
    /// Peers that lack something.
    pub leechers: u32,
    /// Downloads that came to their end.
    pub completed: u32,
}

/// Peers in compact form (BEP 23 and 7): address and port in network order, 6 bytes each for IPv4, 18 for IPv6.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompactPeers {
    /// IPv4.
    pub v4: Vec<u8>,
    /// IPv6.
    pub v6: Vec<u8>,
}

impl CompactPeers {
    /// Empties the lists and keeps their memory.
    pub fn clear(&mut self) {
        self.v4.clear();
        self.v6.clear();
    }
}

/// An IPv4 address and port in compact form.
pub fn compact_v4(address: std::net::Ipv4Addr, port: u16) -> [u8; 6] {
    let mut compact = [0; 6];
    compact[..4].copy_from_slice(&address.octets());
    compact[4..].copy_from_slice(&port.to_be_bytes());
    compact
}

/// An IPv6 address and port in compact form.
pub fn compact_v6(address: std::net::Ipv6Addr, port: u16) -> [u8; 18] {
    let mut compact = [0; 18];
    compact[..16].copy_from_slice(&address.octets());
    compact[16..].copy_from_slice(&port.to_be_bytes());
    compact
}

/// An address as the network has it: IPv4 inside IPv6 is IPv4.
pub fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// Why a request was not understood. The texts go to clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The packet ends too early or its parts do not fit its length.
    #[error("malformed request")]
    Malformed,
    /// A parameter that an announce cannot do without is absent.
    #[error("missing parameter: {0}")]
    Missing(&'static str),
    /// A parameter's value is not what it should be.
    #[error("invalid parameter: {0}")]
    Invalid(&'static str),
    /// A parameter that must stand once stands twice.
    #[error("repeated parameter: {0}")]
    Repeated(&'static str),
    /// More info hashes than one scrape may name.
    #[error("too many info hashes, at most {MAX_SCRAPED}")]
    TooMany,
    /// A scrape that names no torrent; this tracker does not list its torrents.
    #[error("name the info hashes to scrape")]
    FullScrape,
    /// The announce URL's path is none of this tracker's.
    #[error("unknown path in the announce URL")]
    Path,
    /// The action is not one of BEP 15.
    #[error("unknown action")]
    Action,
}
