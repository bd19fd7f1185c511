//! Why the tracker could not start.

use crate::swarm::SnapshotError;
use std::net::SocketAddr;

/// Errors of this crate.
#[derive(Debug, thiserror::Error)]
pub enum TrackerError {
    /// An address is not free, or not of this machine.
    #[error("listen for {transport} tracker requests on {address}; choose a free address and port")]
    Listen {
        /// `TCP` or `UDP`.
        transport: &'static str,
        /// What was wanted.
        address: SocketAddr,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The system gave no thread or event queue.
    #[error("start the tracker's thread")]
    Thread(#[source] std::io::Error),
    /// The file with the swarm state.
    #[error("swarm state in {}: read or write it, or remove the file; clients announce again", path.display())]
    File {
        /// Which.
        path: std::path::PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// Swarm state from another version.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
}
