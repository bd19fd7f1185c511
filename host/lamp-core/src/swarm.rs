//! Who may join a swarm: what the tracker asks the plugin that decides, and what it answers.

use crate::clock::UnixMs;
use crate::entry::EntryError;
use crate::grant::Allowance;
use crate::id::PluginId;
use async_trait::async_trait;
use std::net::IpAddr;

/// One request to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwarmQuestion {
    /// The swarm, 40 hex digits.
    pub info_hash: String,
    /// Who asks; none without a key, or with one that belongs to nobody.
    pub subject: Option<SwarmSubject>,
    /// Where the request came from.
    pub address: IpAddr,
    /// How it came.
    pub transport: SwarmTransport,
    /// The rest of an announce; none for a scrape.
    pub announce: Option<SwarmAnnounce>,
    /// When.
    pub at: UnixMs,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwarmSubject {
    /// `server:ID`, `user:NAME`.
    pub name: String,
    /// For a server: authorised now. For an account: may sign in now.
    pub is_authorized: bool,
}

/// How a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SwarmTransport {
    /// Announced or scraped over HTTP.
    Http,
    /// Announced or scraped over UDP.
    Udp,
}

/// What the client says has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SwarmEvent {
    /// The next of many.
    Regular,
    /// It begins.
    Started,
    /// It ends.
    Stopped,
    /// It has everything now.
    Completed,
}

/// The rest of an announce.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwarmAnnounce {
    /// What has happened.
    pub event: SwarmEvent,
    /// Bytes the client lacks, where it knows.
    pub left_bytes: Option<u64>,
    /// Program and version as its id tells them.
    pub client: Option<String>,
    /// The address it says it has.
    pub claimed_address: Option<IpAddr>,
}

/// A decision, and for how many milliseconds it may be remembered for this subject, torrent and address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwarmVerdict {
    /// Yes or no.
    pub decision: SwarmDecision,
    /// 0 for this once.
    pub keep_ms: u64,
}

/// Yes or no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SwarmDecision {
    /// It joins, on these terms.
    Admit {
        /// Seconds between announces; none for the tracker's own.
        interval_s: Option<u32>,
        /// Most peers in an answer; none for the tracker's own limit.
        most_peers: Option<u32>,
        /// The address others are told, when it is not the one the request came from.
        listed_as: Option<IpAddr>,
    },
    /// It does not.
    Refuse {
        /// For the operator.
        reason: String,
        /// For the client.
        message: String,
        /// When to ask again, in minutes; none leaves it to the client.
        retry_in_minutes: Option<u32>,
    },
}

/// Asks the plugin that decides about a swarm. Implemented by the plugin supervisor; faked in tests.
#[async_trait]
pub trait SwarmJudge: Send + Sync + 'static {
    /// The plugins that decide, as they run now.
    fn deciders(&self) -> Vec<SwarmDecider>;
    /// The verdict; none when no plugin decides about the swarm. Errors: it does not answer, or several would.
    async fn judge(&self, question: SwarmQuestion) -> Result<Option<SwarmVerdict>, EntryError>;
}

/// A plugin that decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwarmDecider {
    /// Which.
    pub plugin: PluginId,
    /// SHA-256 of its package, hex.
    pub package_hash: String,
    /// About which swarms.
    pub swarms: Vec<Allowance>,
}
