//! The BitTorrent tracker: `wire` turns bytes into types and back, `policy` remembers who may join which swarm, `swarm`
//! knows who is in it, `server` has the sockets. The first three do no I/O.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod error;
mod keep;
pub mod policy;
mod server;
mod settings;
mod shares;
mod statistics;
mod subject;
mod swarm;
mod tracker;
pub mod wire;

pub use error::TrackerError;
pub use keep::SnapshotFile;
pub use server::TrackerServer;
pub use settings::TrackerSettings;
pub use statistics::{RecentRefusal, TrackerStatistics, TransportNumbers};
pub use subject::SubjectView;
pub use swarm::{PeerSnapshot, PeerView, Snapshot, SnapshotError, SwarmLimits, TorrentSnapshot, TorrentView};
pub use tracker::{Forget, Tracker};
pub use wire::{AccessKey, InfoHash, PeerId};
