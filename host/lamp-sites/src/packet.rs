//! What goes over the link: the three packets of the handshake, then frames. JSON, each packet signed (`seal.rs`).
//! Unknown fields are left out, so that a newer side may say more.

use serde::{Deserialize, Serialize};

/// Version of this protocol.
pub(crate) const PROTOCOL: u32 = 1;
/// Largest packet, in bytes. Messages are put into one packet while they fit into half of it.
pub const MAX_PACKET_BYTES: usize = 512 * 1024;

/// First packet: the hub says who it is. Its nonce makes every handshake another one.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Challenge {
    pub protocol: u32,
    pub hub_id: String,
    /// Ed25519, hex.
    pub hub_key: String,
    /// 32 random bytes, hex.
    pub nonce: String,
}

/// Second packet: the site says who it is and what it wants.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Hello {
    /// Ed25519, hex.
    pub site_key: String,
    /// 32 random bytes, hex.
    pub nonce: String,
    /// The site's clock, Unix milliseconds.
    pub time: i64,
    pub intent: Intent,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(crate) enum Intent {
    Join(JoinIntent),
    Resume(ResumeIntent),
}

/// A registration.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct JoinIntent {
    /// Public first part of the registration key; the key itself is never sent.
    pub key_prefix: String,
    /// Shows that the site holds the key, for this handshake only; hex.
    pub proof: String,
    pub name: String,
    pub location: String,
    pub mac_address: String,
}

/// A session of a registered site.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ResumeIntent {
    pub server_id: String,
    /// Names the site's numbering of messages.
    pub stream: String,
    /// How far it has the hub's messages.
    pub received: Option<Position>,
}

/// A place in a stream of messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Position {
    pub stream: String,
    pub sequence: u64,
}

/// Third packet: the hub's answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(crate) enum Reply {
    Joined {
        server_id: String,
        name: String,
        location: String,
        authorized: bool,
        /// Shows that the hub holds the hash of the registration key; hex.
        proof: String,
    },
    Welcome {
        authorized: bool,
        /// The hub's clock, Unix milliseconds.
        time: i64,
        /// Names the hub's numbering of messages.
        stream: String,
        /// How far the hub has the site's messages.
        received: Position,
    },
    Refused {
        code: String,
        message: String,
    },
}

/// A message without its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Letter {
    pub kind: String,
    /// JSON text.
    pub body: String,
}

/// Everything after the handshake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(crate) enum Frame {
    /// Messages `first`, `first + 1`, …
    Messages { first: u64, letters: Vec<Letter> },
    /// The effects of all messages up to `sequence` are stored.
    Received { sequence: u64 },
    /// The site's heartbeat.
    Alive { time: i64, free_bytes: Option<u64>, capacity_bytes: Option<u64> },
    /// The hub's answer to it, and told at once when it changes.
    Standing { time: i64, authorized: bool },
}
