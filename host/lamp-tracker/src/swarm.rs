//! Who is in which swarm. Pure: time, chance and limits are arguments.
//!
//! A peer is one address and port of one subject: a client that starts again replaces itself, and nobody can speak for
//! the peer of another subject. Its id is kept for people, and so that a client is not told of itself in the other
//! address family.

mod family;
mod snapshot;
mod torrent;

pub use snapshot::{PeerSnapshot, Snapshot, SnapshotError, TorrentSnapshot};
pub use torrent::{PeerView, TorrentView};

use crate::subject::Subject;
use crate::wire::{CompactPeers, InfoHash, PeerId, SwarmCounts};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use torrent::Torrent;

/// How much may be remembered. Peers beyond a limit are answered and not listed.
#[derive(Debug, Clone)]
pub struct SwarmLimits {
    /// Torrents.
    pub torrents: usize,
    /// Peers in all torrents.
    pub peers: usize,
    /// Peers of one torrent.
    pub peers_per_torrent: usize,
    /// Peers of one subject in all torrents.
    pub peers_per_subject: u32,
    /// Peers of one subject in one torrent, so that none can crowd out the others.
    pub peers_per_subject_and_torrent: usize,
}

impl Default for SwarmLimits {
    fn default() -> Self {
        Self {
            torrents: 200_000,
            peers: 1_000_000,
            peers_per_torrent: 10_000,
            peers_per_subject: 50_000,
            peers_per_subject_and_torrent: 32,
        }
    }
}

/// Counts over all parts of the swarm state.
#[derive(Debug, Default)]
pub struct Totals {
    /// Torrents known.
    pub torrents: AtomicUsize,
    /// Peers listed.
    pub peers: AtomicUsize,
    /// Grows with every change that a snapshot shows.
    pub revision: AtomicU64,
}

impl Totals {
    fn changed(&self) {
        self.revision.fetch_add(1, Ordering::Relaxed);
    }
}

/// A peer that was admitted.
#[derive(Debug, Clone)]
pub struct PeerAnnounce {
    /// Whose it is.
    pub subject: Arc<Subject>,
    /// Where others reach it. With port 0 it is answered and not listed.
    pub address: SocketAddr,
    /// The client.
    pub peer_id: PeerId,
    /// Bytes it lacks; 0 makes it a seeder, none a leecher.
    pub left_bytes: Option<u64>,
    /// Bytes sent, by its own account.
    pub uploaded_bytes: u64,
    /// Bytes received, by its own account.
    pub downloaded_bytes: u64,
    /// It leaves.
    pub stopped: bool,
    /// It starts. A seeder that starts is told of seeders too: a client that resolves a magnet link says it lacks
    /// nothing.
    pub started: bool,
    /// When it is forgotten without a further announce, in seconds of the caller's clock.
    pub expires_at_s: u32,
    /// The caller's present second.
    pub now_s: u32,
}

/// How many peers an answer may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// IPv4 peers at most.
    pub v4: usize,
    /// IPv6 peers at most.
    pub v6: usize,
    /// Peers of both families at most; those of the asker's family come first.
    pub both: usize,
}

/// A part of the swarm state: the torrents whose info hashes fall to it.
#[derive(Debug)]
pub struct Swarm {
    torrents: HashMap<InfoHash, Torrent>,
    limits: Arc<SwarmLimits>,
    totals: Arc<Totals>,
}

impl Swarm {
    /// An empty part. Limits hold for all parts together by the shared totals.
    pub fn new(limits: Arc<SwarmLimits>, totals: Arc<Totals>) -> Self {
        Self { torrents: HashMap::new(), limits, totals }
    }

    /// Takes an announce in and writes other peers to `peers`, beginning at a place that `random` chooses. Shape: the
    /// counts after it, and whether the peer is listed.
    pub fn announce(
        &mut self,
        info_hash: InfoHash,
        peer: &PeerAnnounce,
        wanted: Wanted,
        random: u64,
        peers: &mut CompactPeers,
    ) -> (SwarmCounts, bool) {
        peers.clear();
        // Who leaves a torrent that nobody knows does not make it known.
        let found = match peer.stopped {
            true => self.torrents.get_mut(&info_hash),
            false => torrent(&mut self.torrents, info_hash, &self.limits, &self.totals),
        };
        let Some(torrent) = found else { return (SwarmCounts::default(), false) };
        torrent.count(true, peer.now_s);
        let listed = torrent.update(peer, &self.limits, &self.totals);
        if !peer.stopped {
            torrent.choose(peer, wanted, random, peers);
        }
        (torrent.counts(), listed)
    }

    /// Notes a refusal where the torrent is known, and removes the peer that was refused: the one of this subject with
    /// that address, or with that id when the policy had it listed elsewhere.
    pub fn refuse(
        &mut self,
        info_hash: InfoHash,
        subject: Option<&Subject>,
        address: SocketAddr,
        peer_id: PeerId,
        now_s: u32,
    ) {
        if let Some(torrent) = self.torrents.get_mut(&info_hash) {
            torrent.count(false, now_s);
            if let Some(subject) = subject {
                torrent.remove_peer(subject, address, &self.totals);
                torrent.remove_id(subject, peer_id, &self.totals);
            }
        }
    }

    /// Counts of one torrent; zeros where it is unknown.
    pub fn counts(&self, info_hash: InfoHash) -> SwarmCounts {
        self.torrents.get(&info_hash).map(Torrent::counts).unwrap_or_default()
    }

    /// Forgets peers whose time has come, and torrents that have neither peers nor a completed download.
    pub fn sweep(&mut self, now_s: u32) {
        // A torrent without peers stays for its count of downloads, as long as there is room.
        let crowded = self.totals.torrents.load(Ordering::Relaxed) > self.limits.torrents / 2;
        self.retain_peers(|_, expires_at_s| expires_at_s > now_s);
        self.retain_torrents(|torrent| !torrent.is_empty() || (torrent.completed() > 0 && !crowded));
    }

    /// Removes all peers of a subject. Shape: how many there were.
    pub fn remove_subject(&mut self, subject: &Subject) -> usize {
        self.retain_peers(|owner, _| owner.id != subject.id)
    }

    /// Removes the peers of a subject from one torrent. Shape: how many there were.
    pub fn remove_subject_from(&mut self, subject: &Subject, info_hash: InfoHash) -> usize {
        let torrent = self.torrents.get_mut(&info_hash);
        torrent.map_or(0, |torrent| torrent.retain(&mut |owner, _| owner.id != subject.id, &self.totals))
    }

    /// Removes a torrent with its peers. Shape: whether it was known.
    pub fn remove_torrent(&mut self, info_hash: InfoHash) -> bool {
        let Some(mut torrent) = self.torrents.remove(&info_hash) else { return false };
        torrent.retain(&mut |_, _| false, &self.totals);
        self.totals.torrents.fetch_sub(1, Ordering::Relaxed);
        self.totals.changed();
        true
    }

    /// Torrents of this part without their peers.
    pub fn view(&self, now_s: u32) -> impl Iterator<Item = TorrentView> {
        self.torrents.iter().map(move |(info_hash, torrent)| torrent.view(*info_hash, now_s))
    }

    /// At most `limit` peers of one torrent; none where it is unknown.
    pub fn peers(&self, info_hash: InfoHash, limit: usize, now_s: u32) -> Option<Vec<PeerView>> {
        self.torrents.get(&info_hash).map(|torrent| torrent.peers(now_s).take(limit).collect())
    }

    fn retain_peers(&mut self, mut keep: impl FnMut(&Subject, u32) -> bool) -> usize {
        self.torrents.values_mut().map(|torrent| torrent.retain(&mut keep, &self.totals)).sum()
    }

    fn retain_torrents(&mut self, keep: impl Fn(&Torrent) -> bool) {
        let before = self.torrents.len();
        self.torrents.retain(|_, torrent| keep(torrent));
        self.totals.torrents.fetch_sub(before - self.torrents.len(), Ordering::Relaxed);
    }
}

/// The torrent, made where there is none and room for it.
fn torrent<'a>(
    torrents: &'a mut HashMap<InfoHash, Torrent>,
    info_hash: InfoHash,
    limits: &SwarmLimits,
    totals: &Totals,
) -> Option<&'a mut Torrent> {
    match torrents.entry(info_hash) {
        Entry::Occupied(entry) => Some(entry.into_mut()),
        Entry::Vacant(entry) => {
            if totals.torrents.load(Ordering::Relaxed) >= limits.torrents {
                return None;
            }
            totals.torrents.fetch_add(1, Ordering::Relaxed);
            Some(entry.insert(Torrent::default()))
        }
    }
}

#[cfg(test)]
mod tests;
