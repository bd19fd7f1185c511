//! Times and bounds of a tracker.

use crate::swarm::SwarmLimits;

/// Times and bounds; the defaults are for a thousand sites.
#[derive(Debug, Clone)]
pub struct TrackerSettings {
    /// Seconds between announces. Up to an eighth is added by chance, so that clients do not come all at once. A peer is
    /// forgotten after two of them and a minute.
    pub interval_s: u32,
    /// Peers in an answer when the client does not say.
    pub peers_by_default: u32,
    /// Peers in an answer at most.
    pub most_peers: u32,
    /// How long an announce waits for a verdict, in milliseconds.
    pub decide_within_ms: u64,
    /// How long the policy may work on a verdict that nobody waits for any more, in milliseconds.
    pub policy_limit_ms: u64,
    /// How long a verdict that is no longer fresh may stand in for one that does not come, in milliseconds.
    pub stale_for_ms: u64,
    /// Admissions remembered, and as many refusals.
    pub verdicts: usize,
    /// Questions to the policy at a time; a source has a quarter of them.
    pub questions: usize,
    /// Swarm state.
    pub swarm: SwarmLimits,
    /// HTTP connections; a source has half of them.
    pub connections: usize,
    /// How long a connection may be silent or take for a request's header, in milliseconds.
    pub header_timeout_ms: u64,
    /// How long a connection lives in all, in milliseconds. Clients come back after longer than that.
    pub connection_age_ms: u64,
    /// How long requests under way have at the end, in milliseconds.
    pub shutdown_grace_ms: u64,
}

impl Default for TrackerSettings {
    fn default() -> Self {
        Self {
            interval_s: 300,
            peers_by_default: 50,
            most_peers: 200,
            decide_within_ms: 50,
            policy_limit_ms: 5_000,
            stale_for_ms: 600_000,
            verdicts: 500_000,
            questions: 1_024,
            swarm: SwarmLimits::default(),
            connections: 8_192,
            header_timeout_ms: 15_000,
            connection_age_ms: 240_000,
            shutdown_grace_ms: 2_000,
        }
    }
}
