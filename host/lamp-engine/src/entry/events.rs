//! `lamphouse:events/handler`: a batch of events.

use crate::bindings::events::exports::lamphouse::events::handler;
use crate::context::CallInfo;
use crate::plugin::LoadedPlugin;
use crate::pool::{Budget, Lane};
use lamp_core::entry::EntryError;
use lamp_core::event::{Disposition, Event};

impl LoadedPlugin {
    /// Delivers a batch. Events that the guest's answer leaves out are delivered again.
    pub async fn deliver(&self, batch: &[Event]) -> Result<Vec<Disposition>, EntryError> {
        if self.pool.entries.events.is_none() {
            return Err(self.not_exported("lamphouse:events/handler"));
        }
        let limits = &self.pool.identity.manifest.limits;
        let budget = Budget { cpu_ms: limits.job_cpu_ms, wall_ms: limits.job_wall_ms };
        let correlation = batch.first().map(|event| format!("event-{}", event.sequence)).unwrap_or_default();
        let info = CallInfo { caller: None, correlation, job: None };
        let events: Vec<handler::Event> = batch.iter().map(to_guest).collect();
        let answers = self
            .pool
            .call(Lane::Background, budget, info, move |instance| {
                Box::pin(async move {
                    let entry = instance
                        .events
                        .as_ref()
                        .ok_or_else(|| wasmtime::Error::msg("the instance has no events entry"))?;
                    entry.lamphouse_events_handler().call_deliver(&mut instance.store, &events).await
                })
            })
            .await?;
        let mut dispositions: Vec<Disposition> = answers.into_iter().take(batch.len()).map(from_guest).collect();
        dispositions.resize(batch.len(), Disposition::RetryAfterMs(1_000));
        Ok(dispositions)
    }
}

fn to_guest(event: &Event) -> handler::Event {
    handler::Event {
        sequence: event.sequence,
        topic: event.topic.clone(),
        source: event.source.as_ref().map(|id| id.as_str().to_owned()),
        payload: event.payload.clone(),
        at: event.at.0,
    }
}

fn from_guest(answer: handler::Disposition) -> Disposition {
    match answer {
        handler::Disposition::Ack => Disposition::Ack,
        handler::Disposition::RetryAfter(delay_ms) => Disposition::RetryAfterMs(delay_ms),
        handler::Disposition::Reject(reason) => Disposition::Reject(reason),
    }
}
