//! `lamphouse:events`: publishing, and the retained newest event of a topic.

use crate::bindings::lamphouse::events::events;
use crate::convert::host_fault;
use crate::services::Services;
use lamp_core::error::{CapabilityError, CapabilityResult};
use lamp_core::event::NewEvent;
use lamp_engine::Context;

pub(crate) const INTERFACE: &str = "lamphouse:events";
const MAX_TOPIC_BYTES: usize = 128;
const MAX_PAYLOAD_BYTES: usize = 64 * 1024;

impl events::Host for Context {
    async fn publish(&mut self, event: events::NewEvent) -> CapabilityResult<()> {
        let event = checked(self, event)?;
        let services = self.services::<Services>()?;
        services.store.publish_events(vec![event]).await.map(|_| ()).map_err(host_fault)
    }

    async fn retained(&mut self, topic: String, key: String) -> CapabilityResult<Option<String>> {
        let rights = self.identity.rights.load();
        if !rights.allows(INTERFACE, &topic, "publish") {
            self.require_right(INTERFACE, &topic, "subscribe")?;
        }
        let services = self.services::<Services>()?;
        let found = services.store.retained_events(&topic).await.map_err(host_fault)?;
        Ok(found
            .into_iter()
            .rev()
            .find(|retained| retained.key == key && retained.event.topic == topic)
            .map(|retained| retained.event.payload))
    }
}

/// The event as the host keeps it, after the grant, the shape of the topic and the payload were checked.
pub fn checked(context: &Context, event: events::NewEvent) -> CapabilityResult<NewEvent> {
    context.require_right(INTERFACE, &event.topic, "publish")?;
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
    if event.topic.is_empty() || event.topic.len() > MAX_TOPIC_BYTES || !event.topic.bytes().all(allowed) {
        return Err(CapabilityError::Invalid(format!(
            "topic `{}`: use 1 to {MAX_TOPIC_BYTES} of a-z, 0-9, dot and hyphen",
            event.topic.escape_debug()
        )));
    }
    let clears = event.payload.is_empty() && event.retain_key.is_some();
    if event.payload.len() > MAX_PAYLOAD_BYTES {
        return Err(CapabilityError::Limit(format!("an event's payload is at most {MAX_PAYLOAD_BYTES} bytes")));
    }
    if !clears && serde_json::from_str::<serde::de::IgnoredAny>(&event.payload).is_err() {
        return Err(CapabilityError::Invalid("an event's payload must be JSON text".to_owned()));
    }
    Ok(NewEvent {
        topic: event.topic,
        source: Some(context.identity.id.clone()),
        target: None,
        payload: event.payload,
        retain_key: event.retain_key,
    })
}
