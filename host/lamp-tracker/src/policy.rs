//! Who decides: the host implements [`Policy`], and its verdicts are remembered for as long as it says. The way of an
//! announce with a known verdict never enters the policy.

pub(crate) mod verdicts;

use crate::wire::{AccessKey, Event, InfoHash, PeerId, Transport};
use async_trait::async_trait;
use std::net::IpAddr;

/// What is asked. A verdict holds for key, torrent and address together, whatever else is asked while it lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRequest {
    /// The swarm.
    pub info_hash: InfoHash,
    /// The key of the announce URL; none for clients that send none, as most do over UDP.
    pub key: Option<AccessKey>,
    /// Where the request came from.
    pub address: IpAddr,
    /// How it came.
    pub transport: Transport,
    /// What was announced; none for a scrape.
    pub announce: Option<AnnounceDetails>,
}

/// The rest of an announce.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnounceDetails {
    /// The client.
    pub peer_id: PeerId,
    /// Where the client listens.
    pub port: u16,
    /// What has happened.
    pub event: Event,
    /// Bytes the client lacks, where it knows.
    pub left_bytes: Option<u64>,
    /// The address the client says it has (`ip`). It counts only when the policy gives it back as `listed_as`.
    pub claimed_address: Option<IpAddr>,
}

/// What a policy decided, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Yes or no.
    pub decision: Decision,
    /// Milliseconds this may be remembered, an hour at most; 0 for this once.
    pub keep_ms: u64,
}

/// Yes or no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The peer joins the swarm and is told of others.
    Admit(Admission),
    /// It gets no peers and a reason.
    Refuse(Refusal),
}

/// On what terms a peer joins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Admission {
    /// Whose peer it is, such as a site's id. Never the key: this name is stored and shown.
    pub subject: String,
    /// Seconds between announces; none for the tracker's own.
    pub interval_s: Option<u32>,
    /// Most peers in an answer; none for the tracker's own limit.
    pub most_peers: Option<u32>,
    /// The address others are told; none for the one the request came from. For a client beside the tracker, whose
    /// address there says nothing to others.
    pub listed_as: Option<IpAddr>,
}

/// Why a peer is not let in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Refusal {
    /// Whose key it was, where it is known. Its peer leaves the swarm.
    pub subject: Option<String>,
    /// For the operator's eyes: what exactly is missing.
    pub reason: String,
    /// What the client is told. The same text for "unknown" and "forbidden" tells a stranger nothing.
    pub message: String,
    /// When to ask again, in minutes (BEP 31); none leaves it to the client.
    pub retry_in_minutes: Option<u32>,
}

/// The policy could not decide; the text is for the operator's log and must not hold a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the tracker policy did not decide: {0}")]
pub struct PolicyFailure(pub String);

/// Decides who may join which swarm.
#[async_trait]
pub trait Policy: Send + Sync + 'static {
    /// The verdict for one request. Called once for all who ask the same at a time.
    async fn judge(&self, request: &PolicyRequest) -> Result<Verdict, PolicyFailure>;
}
