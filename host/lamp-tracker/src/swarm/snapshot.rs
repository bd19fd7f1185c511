//! Swarm state that survives a restart. Times are not kept: nobody could announce while the tracker was away, so every
//! peer that comes back gets a whole term to announce again.

use super::{PeerAnnounce, Swarm, torrent};
use crate::subject::Subject;
use crate::wire::{InfoHash, PeerId};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::sync::Arc;

/// The shape this code writes and reads.
const VERSION: u32 = 1;

/// Why a snapshot cannot be taken back.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SnapshotError {
    /// Written by another version of this program.
    #[error(
        "the swarm snapshot has version {0}, this program reads {VERSION}; start without it, clients announce again"
    )]
    Version(u32),
}

/// All torrents with their peers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    version: u32,
    /// In no order.
    pub torrents: Vec<TorrentSnapshot>,
}

/// One torrent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TorrentSnapshot {
    /// The swarm.
    pub info_hash: InfoHash,
    /// Downloads that came to their end.
    pub completed: u32,
    /// In no order.
    pub peers: Vec<PeerSnapshot>,
}

/// One peer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerSnapshot {
    /// Whose it is; the name, never the key.
    pub subject: String,
    /// Where others reach it.
    pub address: SocketAddr,
    /// The client.
    pub peer_id: PeerId,
    /// Bytes it lacks, where it knows.
    pub left_bytes: Option<u64>,
    /// Bytes sent, by its own account.
    pub uploaded_bytes: u64,
    /// Bytes received, by its own account.
    pub downloaded_bytes: u64,
    /// Its download was counted.
    pub completed: bool,
}

impl Snapshot {
    /// A snapshot of these torrents.
    pub fn of(torrents: Vec<TorrentSnapshot>) -> Self {
        Self { version: VERSION, torrents }
    }

    /// The torrents. Errors: another version.
    pub fn into_torrents(self) -> Result<Vec<TorrentSnapshot>, SnapshotError> {
        if self.version == VERSION { Ok(self.torrents) } else { Err(SnapshotError::Version(self.version)) }
    }
}

impl Swarm {
    /// The torrents of this part.
    pub fn snapshot(&self) -> impl Iterator<Item = TorrentSnapshot> {
        self.torrents.iter().map(|(info_hash, torrent)| TorrentSnapshot {
            info_hash: *info_hash,
            completed: torrent.completed(),
            peers: torrent
                .iter()
                .map(|(address, peer)| PeerSnapshot {
                    subject: peer.subject.name().to_owned(),
                    address,
                    peer_id: peer.peer_id,
                    left_bytes: peer.left_bytes,
                    uploaded_bytes: peer.uploaded_bytes,
                    downloaded_bytes: peer.downloaded_bytes,
                    completed: peer.completed,
                })
                .collect(),
        })
    }

    /// Takes a torrent back, with the peers for which `subject` finds one, within the limits. They are forgotten at
    /// `expires_at_s` unless they announce.
    pub fn restore(
        &mut self,
        snapshot: TorrentSnapshot,
        now_s: u32,
        expires_at_s: u32,
        subject: impl Fn(&str) -> Option<Arc<Subject>>,
    ) {
        let Some(torrent) = torrent(&mut self.torrents, snapshot.info_hash, &self.limits, &self.totals) else { return };
        torrent.set_completed(torrent.completed().max(snapshot.completed));
        for peer in snapshot.peers {
            let Some(subject) = subject(&peer.subject) else { continue };
            let address = crate::wire::canonical(peer.address);
            let announce = PeerAnnounce {
                subject: Arc::clone(&subject),
                address,
                peer_id: peer.peer_id,
                left_bytes: peer.left_bytes,
                uploaded_bytes: peer.uploaded_bytes,
                downloaded_bytes: peer.downloaded_bytes,
                stopped: false,
                started: false,
                expires_at_s,
                now_s,
            };
            if torrent.update(&announce, &self.limits, &self.totals) && peer.completed {
                torrent.mark_completed(&subject, address, peer.left_bytes == Some(0));
            }
        }
    }
}
