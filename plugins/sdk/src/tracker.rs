//! The tracker: deciding who joins a swarm, announce keys, and what is counted.

pub use crate::bindings::entry_tracker::exports::lamphouse::tracker::policy::{
    Admission, Announce, AnnounceEvent, Decision, Guest as Policy, Question, Refusal as RefusedPeer, Subject,
    Transport, Verdict,
};
pub use crate::bindings::lamphouse::tracker::admission::{Verdicts, announce_url, forget, remove_peers};
pub use crate::bindings::lamphouse::tracker::statistics::{
    Counts, Page, Peer, Refusal, Swarm, peers, refusals, swarms, totals,
};

/// Exports a type that implements [`Policy`].
#[macro_export]
macro_rules! export_tracker {
    ($policy:ident) => {
        $crate::bindings::entry_tracker::export_tracker_policy!($policy with_types_in $crate::bindings::entry_tracker);
    };
}
