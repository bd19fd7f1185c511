//! `lamphouse:tracker/policy`: one question, one verdict.

use crate::bindings::tracker::exports::lamphouse::tracker::policy;
use crate::context::CallInfo;
use crate::plugin::LoadedPlugin;
use crate::pool::{Budget, Lane};
use lamp_core::entry::EntryError;
use lamp_core::swarm::{
    SwarmAnnounce, SwarmDecision, SwarmEvent, SwarmQuestion, SwarmSubject, SwarmTransport, SwarmVerdict,
};

impl LoadedPlugin {
    /// Asks the plugin to decide.
    pub async fn judge(&self, question: SwarmQuestion) -> Result<SwarmVerdict, EntryError> {
        if self.pool.entries.tracker.is_none() {
            return Err(self.not_exported("lamphouse:tracker/policy"));
        }
        let limits = &self.pool.identity.manifest.limits;
        let budget = Budget { cpu_ms: limits.cpu_ms, wall_ms: limits.wall_ms };
        let info = CallInfo { caller: None, correlation: format!("swarm-{}", question.info_hash), job: None };
        let question = to_guest(question);
        let verdict = self
            .pool
            .call(Lane::Foreground, budget, info, move |instance| {
                Box::pin(async move {
                    let entry = instance
                        .tracker
                        .as_ref()
                        .ok_or_else(|| wasmtime::Error::msg("the instance has no tracker entry"))?;
                    entry.lamphouse_tracker_policy().call_judge(&mut instance.store, &question).await
                })
            })
            .await?;
        let decision = from_guest(verdict.decision).ok_or_else(|| EntryError::Trapped {
            plugin: self.pool.identity.id.clone(),
            message: "it answered with an address that is none".to_owned(),
        })?;
        Ok(SwarmVerdict { decision, keep_ms: verdict.keep_ms })
    }
}

fn to_guest(question: SwarmQuestion) -> policy::Question {
    let subject = |SwarmSubject { name, is_authorized }| policy::Subject { name, authorized: is_authorized };
    policy::Question {
        info_hash: question.info_hash,
        subject: question.subject.map(subject),
        address: question.address.to_string(),
        transport: match question.transport {
            SwarmTransport::Http => policy::Transport::Http,
            SwarmTransport::Udp => policy::Transport::Udp,
        },
        announce: question.announce.map(announce),
        at: question.at.0,
    }
}

fn announce(announce: SwarmAnnounce) -> policy::Announce {
    policy::Announce {
        event: match announce.event {
            SwarmEvent::Regular => policy::AnnounceEvent::Regular,
            SwarmEvent::Started => policy::AnnounceEvent::Started,
            SwarmEvent::Stopped => policy::AnnounceEvent::Stopped,
            SwarmEvent::Completed => policy::AnnounceEvent::Completed,
        },
        left_bytes: announce.left_bytes,
        client: announce.client,
        claimed_address: announce.claimed_address.map(|address| address.to_string()),
    }
}

/// None when the plugin names an address that is none.
fn from_guest(decision: policy::Decision) -> Option<SwarmDecision> {
    Some(match decision {
        policy::Decision::Admit(terms) => SwarmDecision::Admit {
            interval_s: terms.interval_s,
            most_peers: terms.most_peers,
            listed_as: terms.listed_as.map(|address| address.parse()).transpose().ok()?,
        },
        policy::Decision::Refuse(refusal) => SwarmDecision::Refuse {
            reason: refusal.reason,
            message: refusal.message,
            retry_in_minutes: refusal.retry_in_minutes,
        },
    })
}
