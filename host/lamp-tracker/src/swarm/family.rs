//! Peers of one torrent in one address family. `N` is the length of a compact address.

use crate::subject::Subject;
use crate::wire::PeerId;
use indexmap::IndexSet;
use std::sync::Arc;

/// What makes a peer: where it is, and whose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct PeerKey<const N: usize> {
    pub address: [u8; N],
    pub subject: u32,
}

#[derive(Debug, Clone)]
pub(super) struct Peer {
    pub subject: Arc<Subject>,
    pub peer_id: PeerId,
    pub left_bytes: Option<u64>,
    pub uploaded_bytes: u64,
    pub downloaded_bytes: u64,
    pub announced_at_s: u32,
    pub expires_at_s: u32,
    /// Its download was counted; it is not counted again when the client checks its files anew.
    pub completed: bool,
}

impl Peer {
    pub fn is_seeder(&self) -> bool {
        self.left_bytes == Some(0)
    }
}

/// Seeders or leechers. What an answer is made of lies close together, the rest beside it in the same order: an announce
/// is mostly waiting for memory.
#[derive(Debug)]
struct Side<const N: usize> {
    keys: IndexSet<PeerKey<N>>,
    peers: Vec<Peer>,
}

impl<const N: usize> Side<N> {
    fn len(&self) -> usize {
        self.peers.len()
    }

    fn get_mut(&mut self, key: &PeerKey<N>) -> Option<&mut Peer> {
        self.keys.get_index_of(key).and_then(|at| self.peers.get_mut(at))
    }

    fn insert(&mut self, key: PeerKey<N>, peer: Peer) {
        let (at, _) = self.keys.insert_full(key);
        match self.peers.get_mut(at) {
            Some(known) => *known = peer,
            None => self.peers.push(peer),
        }
    }

    fn remove(&mut self, key: &PeerKey<N>) -> Option<Peer> {
        let (at, _) = self.keys.swap_remove_full(key)?;
        Some(self.peers.swap_remove(at))
    }

    fn retain(&mut self, keep: &mut impl FnMut(&Peer) -> bool) {
        // From the end: what moves into a gap has been looked at.
        for at in (0..self.peers.len()).rev() {
            if !self.peers.get(at).is_none_or(&mut *keep) {
                self.keys.swap_remove_index(at);
                self.peers.swap_remove(at);
            }
        }
    }

    fn iter(&self) -> impl Iterator<Item = (&PeerKey<N>, &Peer)> {
        self.keys.iter().zip(&self.peers)
    }
}

#[derive(Debug)]
pub(super) struct Family<const N: usize> {
    seeders: Side<N>,
    leechers: Side<N>,
}

impl<const N: usize> Default for Family<N> {
    fn default() -> Self {
        let side = || Side { keys: IndexSet::new(), peers: Vec::new() };
        Self { seeders: side(), leechers: side() }
    }
}

impl<const N: usize> Family<N> {
    pub fn seeders(&self) -> usize {
        self.seeders.len()
    }

    pub fn leechers(&self) -> usize {
        self.leechers.len()
    }

    /// The peer where it stands, for an announce that moves it nowhere.
    pub fn get_mut(&mut self, key: &PeerKey<N>, seeder: bool) -> Option<&mut Peer> {
        self.side(seeder).get_mut(key)
    }

    pub fn insert(&mut self, key: PeerKey<N>, peer: Peer) {
        self.side(peer.is_seeder()).insert(key, peer);
    }

    pub fn remove(&mut self, key: &PeerKey<N>) -> Option<Peer> {
        self.leechers.remove(key).or_else(|| self.seeders.remove(key))
    }

    /// Takes the peer from the other side, when it stands there.
    pub fn take_from(&mut self, key: &PeerKey<N>, seeder: bool) -> Option<Peer> {
        self.side(seeder).remove(key)
    }

    pub fn retain(&mut self, keep: &mut impl FnMut(&Peer) -> bool) {
        self.seeders.retain(keep);
        self.leechers.retain(keep);
    }

    pub fn iter(&self) -> impl Iterator<Item = (&[u8; N], &Peer)> {
        self.seeders.iter().chain(self.leechers.iter()).map(|(key, peer)| (&key.address, peer))
    }

    /// Writes at most `limit` peers to `out`, in two runs of neighbours from places that `random` chooses: leechers, and
    /// for who wants them seeders, at least half of the room each where there are that many. Shape: how many.
    pub fn choose(
        &self,
        asker: &Asker<'_, N>,
        seeders_too: bool,
        limit: usize,
        random: u64,
        out: &mut Vec<u8>,
    ) -> usize {
        let seeders = if seeders_too { self.seeders.len() } else { 0 };
        let of_seeders = seeders.min((limit / 2).max(limit.saturating_sub(self.leechers.len())));
        let taken = if of_seeders > 0 { run(&self.seeders, asker, of_seeders, random, out) } else { 0 };
        taken + run(&self.leechers, asker, limit - taken, random.rotate_left(32), out)
    }

    fn side(&mut self, seeder: bool) -> &mut Side<N> {
        if seeder { &mut self.seeders } else { &mut self.leechers }
    }
}

/// Who must not be told of himself.
pub(super) struct Asker<'a, const N: usize> {
    pub address: Option<[u8; N]>,
    pub peer_id: &'a PeerId,
    pub subject: u32,
}

impl<const N: usize> Asker<'_, N> {
    /// In its own family a client is its address; in the other one it is known by its id.
    fn is(&self, key: &PeerKey<N>, side: &Side<N>, at: usize) -> bool {
        match self.address {
            Some(address) => key.address == address,
            None => key.subject == self.subject && side.peers.get(at).is_some_and(|peer| peer.peer_id == *self.peer_id),
        }
    }
}

fn run<const N: usize>(side: &Side<N>, asker: &Asker<'_, N>, limit: usize, random: u64, out: &mut Vec<u8>) -> usize {
    let count = side.len();
    // With room for all there is nothing to choose.
    let start = if count <= limit { 0 } else { usize::try_from(random % count as u64).unwrap_or(0) };
    let mut taken = 0;
    for at in (start..count).chain(0..start) {
        if taken == limit {
            break;
        }
        if let Some(key) = side.keys.get_index(at)
            && !asker.is(key, side, at)
        {
            out.extend_from_slice(&key.address);
            taken += 1;
        }
    }
    taken
}
