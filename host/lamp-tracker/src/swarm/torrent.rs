//! One torrent: its peers of both families and its counts.

use super::family::{Asker, Family, Peer, PeerKey};
use super::{PeerAnnounce, SwarmLimits, Totals, Wanted};
use crate::subject::Subject;
use crate::wire::{CompactPeers, InfoHash, PeerId, SwarmCounts, compact_v4, compact_v6};
use serde::Serialize;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// One torrent, for an operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TorrentView {
    /// The swarm.
    pub info_hash: InfoHash,
    /// Its peers and completed downloads.
    #[serde(flatten)]
    pub counts: SwarmCounts,
    /// Announces admitted since the torrent is known.
    pub admitted: u64,
    /// Announces refused since the torrent is known.
    pub refused: u64,
    /// Seconds since the last announce.
    pub announced_ago_s: u32,
}

/// One peer, for an operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PeerView {
    /// Whose it is.
    pub subject: String,
    /// Where others reach it.
    pub address: SocketAddr,
    /// Program and version as its id tells them.
    pub client: Option<String>,
    /// It has everything.
    pub seeder: bool,
    /// Bytes it lacks, where it knows.
    pub left_bytes: Option<u64>,
    /// Bytes sent, by its own account.
    pub uploaded_bytes: u64,
    /// Bytes received, by its own account.
    pub downloaded_bytes: u64,
    /// Seconds since its last announce.
    pub announced_ago_s: u32,
}

#[derive(Debug, Default)]
pub(super) struct Torrent {
    v4: Family<6>,
    v6: Family<18>,
    by_subject: HashMap<u32, usize>,
    completed: u32,
    admitted: u64,
    refused: u64,
    announced_at_s: u32,
}

impl Torrent {
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn completed(&self) -> u32 {
        self.completed
    }

    pub fn set_completed(&mut self, completed: u32) {
        self.completed = completed;
    }

    pub fn len(&self) -> usize {
        self.v4.seeders() + self.v4.leechers() + self.v6.seeders() + self.v6.leechers()
    }

    pub fn counts(&self) -> SwarmCounts {
        let count = |of: usize| u32::try_from(of).unwrap_or(u32::MAX);
        SwarmCounts {
            seeders: count(self.v4.seeders() + self.v6.seeders()),
            leechers: count(self.v4.leechers() + self.v6.leechers()),
            completed: self.completed,
        }
    }

    pub fn count(&mut self, admitted: bool, now_s: u32) {
        let counter = if admitted { &mut self.admitted } else { &mut self.refused };
        *counter = counter.saturating_add(1);
        self.announced_at_s = now_s;
    }

    /// Enters, refreshes, moves or removes the peer. Shape: whether it is listed.
    pub fn update(&mut self, peer: &PeerAnnounce, limits: &SwarmLimits, totals: &Totals) -> bool {
        if peer.stopped {
            self.remove_peer(&peer.subject, peer.address, totals);
            return false;
        }
        if peer.address.port() == 0 {
            return false;
        }
        let (entered, finished) = match peer.address.ip() {
            IpAddr::V4(address) => update(&mut self.v4, compact_v4(address, peer.address.port()), peer),
            IpAddr::V6(address) => update(&mut self.v6, compact_v6(address, peer.address.port()), peer),
        };
        if finished {
            self.completed = self.completed.saturating_add(1);
        }
        match entered {
            Entered::Known => {
                if finished {
                    totals.changed();
                }
                true
            }
            Entered::Moved => {
                totals.changed();
                true
            }
            Entered::Unknown if !self.has_room(&peer.subject, limits, totals) => false,
            Entered::Unknown => {
                self.insert(peer);
                *self.by_subject.entry(peer.subject.id).or_default() += 1;
                peer.subject.peers.fetch_add(1, Ordering::Relaxed);
                totals.peers.fetch_add(1, Ordering::Relaxed);
                totals.changed();
                true
            }
        }
    }

    fn insert(&mut self, peer: &PeerAnnounce) {
        match peer.address.ip() {
            IpAddr::V4(address) => insert(&mut self.v4, compact_v4(address, peer.address.port()), peer),
            IpAddr::V6(address) => insert(&mut self.v6, compact_v6(address, peer.address.port()), peer),
        }
    }

    fn has_room(&self, subject: &Subject, limits: &SwarmLimits, totals: &Totals) -> bool {
        self.len() < limits.peers_per_torrent
            && totals.peers.load(Ordering::Relaxed) < limits.peers
            && subject.peers.load(Ordering::Relaxed) < limits.peers_per_subject
            && self.by_subject.get(&subject.id).is_none_or(|count| *count < limits.peers_per_subject_and_torrent)
    }

    pub fn remove_peer(&mut self, subject: &Subject, address: SocketAddr, totals: &Totals) {
        let removed = match address.ip() {
            IpAddr::V4(ip) => self.v4.remove(&PeerKey { address: compact_v4(ip, address.port()), subject: subject.id }),
            IpAddr::V6(ip) => self.v6.remove(&PeerKey { address: compact_v6(ip, address.port()), subject: subject.id }),
        };
        if let Some(peer) = removed {
            forget(&mut self.by_subject, &peer, totals);
        }
    }

    /// Removes what the subject has under this id, at whatever address.
    pub fn remove_id(&mut self, subject: &Subject, peer_id: PeerId, totals: &Totals) {
        if self.by_subject.contains_key(&subject.id) {
            self.retain_peers(&mut |peer| peer.subject.id != subject.id || peer.peer_id != peer_id, totals);
        }
    }

    /// Keeps the peers that `keep` wants, given subject and time of expiry. Shape: how many were removed.
    pub fn retain(&mut self, keep: &mut impl FnMut(&Subject, u32) -> bool, totals: &Totals) -> usize {
        self.retain_peers(&mut |peer| keep(&peer.subject, peer.expires_at_s), totals)
    }

    fn retain_peers(&mut self, keep: &mut impl FnMut(&Peer) -> bool, totals: &Totals) -> usize {
        let before = self.len();
        let by_subject = &mut self.by_subject;
        let mut keep = |peer: &Peer| {
            let kept = keep(peer);
            if !kept {
                forget(by_subject, peer, totals);
            }
            kept
        };
        self.v4.retain(&mut keep);
        self.v6.retain(&mut keep);
        before - self.len()
    }

    /// Writes other peers, those of the asker's family first.
    pub fn choose(&self, peer: &PeerAnnounce, wanted: Wanted, random: u64, out: &mut CompactPeers) {
        let seeders_too = peer.left_bytes != Some(0) || peer.started;
        let (mut here_v4, mut here_v6) = (None, None);
        match peer.address.ip() {
            IpAddr::V4(address) => here_v4 = Some(compact_v4(address, peer.address.port())),
            IpAddr::V6(address) => here_v6 = Some(compact_v6(address, peer.address.port())),
        }
        let v4_first = here_v4.is_some();
        let v4_asker = Asker { address: here_v4, peer_id: &peer.peer_id, subject: peer.subject.id };
        let v6_asker = Asker { address: here_v6, peer_id: &peer.peer_id, subject: peer.subject.id };
        let mut v4 = |limit: usize| self.v4.choose(&v4_asker, seeders_too, limit.min(wanted.v4), random, &mut out.v4);
        let mut v6 = |limit: usize| self.v6.choose(&v6_asker, seeders_too, limit.min(wanted.v6), random, &mut out.v6);
        if v4_first {
            let taken = v4(wanted.both);
            v6(wanted.both - taken);
        } else {
            let taken = v6(wanted.both);
            v4(wanted.both - taken);
        }
    }

    pub fn view(&self, info_hash: InfoHash, now_s: u32) -> TorrentView {
        TorrentView {
            info_hash,
            counts: self.counts(),
            admitted: self.admitted,
            refused: self.refused,
            announced_ago_s: now_s.saturating_sub(self.announced_at_s),
        }
    }

    /// All peers with their addresses.
    pub fn iter(&self) -> impl Iterator<Item = (SocketAddr, &Peer)> {
        let v4 = self.v4.iter().map(|(compact, peer)| (expand(compact), peer));
        v4.chain(self.v6.iter().map(|(compact, peer)| (expand(compact), peer)))
    }

    pub fn peers(&self, now_s: u32) -> impl Iterator<Item = PeerView> {
        self.iter().map(move |(address, peer)| PeerView {
            subject: peer.subject.name().to_owned(),
            address,
            client: peer.peer_id.client().map(str::to_owned),
            seeder: peer.is_seeder(),
            left_bytes: peer.left_bytes,
            uploaded_bytes: peer.uploaded_bytes,
            downloaded_bytes: peer.downloaded_bytes,
            announced_ago_s: now_s.saturating_sub(peer.announced_at_s),
        })
    }

    /// Marks a peer that came back from a snapshot as counted.
    pub fn mark_completed(&mut self, subject: &Arc<Subject>, address: SocketAddr, seeder: bool) {
        let subject = subject.id;
        let peer = match address.ip() {
            IpAddr::V4(ip) => self.v4.get_mut(&PeerKey { address: compact_v4(ip, address.port()), subject }, seeder),
            IpAddr::V6(ip) => self.v6.get_mut(&PeerKey { address: compact_v6(ip, address.port()), subject }, seeder),
        };
        if let Some(peer) = peer {
            peer.completed = true;
        }
    }
}

enum Entered {
    Known,
    Moved,
    Unknown,
}

/// Refreshes or moves a peer that is listed. Shape: what became of it, and whether a download came to its end.
fn update<const N: usize>(family: &mut Family<N>, address: [u8; N], announce: &PeerAnnounce) -> (Entered, bool) {
    let key = PeerKey { address, subject: announce.subject.id };
    let seeder = announce.left_bytes == Some(0);
    if let Some(peer) = family.get_mut(&key, seeder) {
        refresh(peer, announce);
        return (Entered::Known, false);
    }
    if let Some(mut peer) = family.take_from(&key, !seeder) {
        let finished = seeder && !peer.completed;
        peer.completed |= finished;
        refresh(&mut peer, announce);
        family.insert(key, peer);
        return (Entered::Moved, finished);
    }
    (Entered::Unknown, false)
}

fn insert<const N: usize>(family: &mut Family<N>, address: [u8; N], announce: &PeerAnnounce) {
    let mut peer = Peer {
        subject: Arc::clone(&announce.subject),
        peer_id: announce.peer_id,
        left_bytes: None,
        uploaded_bytes: 0,
        downloaded_bytes: 0,
        announced_at_s: 0,
        expires_at_s: 0,
        completed: false,
    };
    refresh(&mut peer, announce);
    family.insert(PeerKey { address, subject: announce.subject.id }, peer);
}

fn refresh(peer: &mut Peer, announce: &PeerAnnounce) {
    peer.peer_id = announce.peer_id;
    peer.left_bytes = announce.left_bytes;
    peer.uploaded_bytes = announce.uploaded_bytes;
    peer.downloaded_bytes = announce.downloaded_bytes;
    peer.announced_at_s = announce.now_s;
    peer.expires_at_s = announce.expires_at_s;
}

fn forget(by_subject: &mut HashMap<u32, usize>, peer: &Peer, totals: &Totals) {
    if let Some(count) = by_subject.get_mut(&peer.subject.id) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            by_subject.remove(&peer.subject.id);
        }
    }
    peer.subject.peers.fetch_sub(1, Ordering::Relaxed);
    totals.peers.fetch_sub(1, Ordering::Relaxed);
    totals.changed();
}

fn expand<const N: usize>(compact: &[u8; N]) -> SocketAddr {
    let (ip, port) = compact.split_at(N - 2);
    let port = u16::from_be_bytes([port[0], port[1]]);
    let v4 = <[u8; 4]>::try_from(ip).map(IpAddr::from);
    let ip = v4.or_else(|_| <[u8; 16]>::try_from(ip).map(IpAddr::from));
    SocketAddr::new(ip.unwrap_or(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED)), port)
}
