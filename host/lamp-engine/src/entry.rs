//! The entries: what the host calls in a plugin, one file each.

mod events;
mod http;
mod jobs;
mod lifecycle;
mod tracker;

pub use lifecycle::{Change, Health};
