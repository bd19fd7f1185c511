//! Sites: who this installation is, the servers that may register here, and the one link from a site to its hub with
//! its durable messages. It decides who is let in and what a message does; it knows no HTTP and no domain.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod admission;
mod announce;
mod backoff;
mod effect;
mod error;
mod flow;
mod hub;
mod identity;
mod key;
mod link;
mod links;
mod machine;
mod packet;
mod presence;
mod register;
mod seal;
mod session;
mod sites;
mod wire;

pub use admission::{Admission, restore_swarms};
pub use error::{SitesError, SitesResult};
pub use hub::JoinGate;
pub use identity::Identity;
pub use key::{KeyLimits, create_key};
pub use link::{Dial, Join, join};
pub use machine::mac_address;
pub use packet::MAX_PACKET_BYTES;
pub use register::{Registered, Request};
pub use sites::{ServerView, Sites, SitesSettings, Space, SpaceSource};
pub use wire::{NetworkDial, Wire};
