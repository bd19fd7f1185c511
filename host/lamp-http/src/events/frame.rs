//! One event as it goes over the wire: the same envelope for server-sent events and WebSocket.

use crate::app::LiveEvent;
use bytes::Bytes;
use lamp_core::clock::UnixMs;
use lamp_core::event::Event;
use serde_json::{Value, json};

/// Made once, sent to every listener.
#[derive(Debug)]
pub(crate) struct Frame {
    /// Position in the log; none for what is not stored.
    pub sequence: Option<i64>,
    pub topic: String,
    /// `{"type", "timestamp", "data"}`
    pub json: String,
    /// The same as server-sent event.
    pub sse: Bytes,
}

/// Events with a receiver of their own (file changes) are not for people.
pub(crate) fn is_for_people(event: &Event) -> bool {
    event.target.is_none()
}

impl Frame {
    pub(crate) fn stored(event: &Event) -> Self {
        let data = if event.payload.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&event.payload).unwrap_or_else(|_| Value::String(event.payload.clone()))
        };
        Self::new(Some(event.sequence), event.topic.clone(), event.at, data)
    }

    /// A retained event: what holds now, without a place in the replay.
    pub(crate) fn snapshot(event: &Event) -> Self {
        let stored = Self::stored(event);
        Self::new(None, stored.topic, event.at, serde_json::from_str(&event.payload).unwrap_or(Value::Null))
    }

    pub(crate) fn live(at: UnixMs, update: LiveEvent) -> Self {
        Self::new(None, update.topic, at, update.data)
    }

    /// The first frame of every stream. `sequence` is where the stream stands; `missed` says that events between the
    /// listener's last one and the oldest kept are gone.
    pub(crate) fn hello(at: UnixMs, sequence: i64, resumed: bool, missed: bool) -> Self {
        let data = json!({ "sequence": sequence, "missed": missed });
        Self::new((!resumed).then_some(sequence), "hello".to_owned(), at, data)
    }

    fn new(sequence: Option<i64>, topic: String, at: UnixMs, data: Value) -> Self {
        // One line: a line break would end the field.
        let json = json!({ "type": topic, "timestamp": at.to_rfc3339(), "data": data }).to_string();
        let name: String = topic.chars().filter(|c| !c.is_control()).collect();
        let id = sequence.map_or_else(String::new, |sequence| format!("id: {sequence}\n"));
        let sse = Bytes::from(format!("{id}event: {name}\ndata: {json}\n\n"));
        Self { sequence, topic, json, sse }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_one_line_whatever_the_payload() {
        let event = Event {
            sequence: 7,
            topic: "things.changed\nid: 99".to_owned(),
            source: None,
            target: None,
            payload: "{\n  \"a\": \"x\\n\\ndata: forged\"\n}".to_owned(),
            at: UnixMs(0),
        };
        let frame = Frame::stored(&event);
        let text = std::str::from_utf8(&frame.sse).unwrap();
        assert_eq!(text.lines().count(), 4, "{text}");
        assert!(text.starts_with("id: 7\nevent: things.changedid: 99\ndata: {"), "{text}");
        assert!(text.ends_with("\n\n"));
    }
}
