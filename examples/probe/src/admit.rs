//! The tracker's policy: who is authorised joins, for a minute at a time, and strangers hear that they may not.

use crate::Probe;
use lamphouse_plugin::tracker::{Admission, Decision, Policy, Question, RefusedPeer, Verdict};

/// How long a verdict holds, in milliseconds.
const KEPT_MS: u64 = 60_000;

impl Policy for Probe {
    fn judge(question: Question) -> Verdict {
        let decision = match question.subject {
            Some(subject) if subject.authorized => {
                Decision::Admit(Admission { interval_s: None, most_peers: None, listed_as: None })
            }
            _ => Decision::Refuse(RefusedPeer {
                reason: "the announce key belongs to nobody".to_owned(),
                message: "this client may not join the swarm".to_owned(),
                retry_in_minutes: None,
            }),
        };
        Verdict { decision, keep_ms: KEPT_MS }
    }
}
