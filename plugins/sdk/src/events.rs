//! Events: publishing them, and hearing them.

pub use crate::bindings::entry_events::exports::lamphouse::events::handler::{Disposition, Event, Guest as Handler};
pub use crate::bindings::lamphouse::events::events::{NewEvent, publish, retained};

/// Exports a type that implements [`Handler`].
#[macro_export]
macro_rules! export_events {
    ($handler:ident) => {
        $crate::bindings::entry_events::export_events_handler!($handler with_types_in $crate::bindings::entry_events);
    };
}

/// An event that is not retained.
pub fn new_event(topic: &str, payload: String) -> NewEvent {
    NewEvent { topic: topic.to_owned(), payload, retain_key: None }
}
