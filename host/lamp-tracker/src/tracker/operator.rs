//! What the host does with a tracker: policy, removals, views, and the state that outlives a restart.

use super::{Part, Tracker, expiry, seconds};
use crate::error::TrackerError;
use crate::policy::Policy;
use crate::policy::verdicts::{Judged, VerdictKey};
use crate::statistics::{Holdings, RecentRefusal, TrackerStatistics};
use crate::subject::SubjectView;
use crate::swarm::{PeerView, Snapshot, TorrentView};
use crate::wire::{AccessKey, InfoHash};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Which verdicts to forget, so that the policy is asked again.
#[derive(Debug, Clone, Copy)]
pub enum Forget<'a> {
    /// Those for a key.
    Key(AccessKey),
    /// Those for a subject, whatever its key.
    Subject(&'a str),
    /// Those for a torrent.
    Torrent(InfoHash),
    /// All.
    All,
}

impl Forget<'_> {
    fn names(&self, key: &VerdictKey, judged: &Judged) -> bool {
        match self {
            Self::Key(secret) => key.key.as_ref() == Some(secret),
            Self::Subject(name) => judged.subject().is_some_and(|subject| subject.name() == *name),
            Self::Torrent(info_hash) => key.info_hash == *info_hash,
            Self::All => true,
        }
    }
}

impl Tracker {
    /// Puts a policy in place; none admits nobody. All verdicts are forgotten; peers stay until they announce or expire.
    pub fn set_policy(&self, policy: Option<Arc<dyn Policy>>) {
        *self.inner.policy.write() = policy;
        self.forget(Forget::All);
    }

    /// Forgets verdicts. Questions under way that could give the same ones again are without effect.
    pub fn forget(&self, which: Forget<'_>) {
        for part in &self.inner.parts {
            let mut part = part.lock();
            part.verdicts.forget(|key, judged| which.names(key, judged));
            part.generation = part.generation.wrapping_add(1);
            part.flights.clear();
        }
    }

    /// Cuts a subject off: its verdicts are forgotten and its peers leave all swarms. Whether it comes back is up to the
    /// policy, which has to refuse it before this is called. Shape: how many peers left.
    pub fn remove_subject(&self, name: &str) -> usize {
        self.forget(Forget::Subject(name));
        let Some(subject) = self.inner.subjects.find(name) else { return 0 };
        self.each_part(|part| part.swarm.remove_subject(&subject)).into_iter().sum()
    }

    /// As [`Tracker::remove_subject`], for one swarm.
    pub fn remove_subject_from(&self, name: &str, info_hash: InfoHash) -> usize {
        self.forget(Forget::Subject(name));
        let Some(subject) = self.inner.subjects.find(name) else { return 0 };
        self.part(info_hash).lock().swarm.remove_subject_from(&subject, info_hash)
    }

    /// Forgets a torrent, its peers and its verdicts. Shape: whether it was known.
    pub fn remove_torrent(&self, info_hash: InfoHash) -> bool {
        self.forget(Forget::Torrent(info_hash));
        self.part(info_hash).lock().swarm.remove_torrent(info_hash)
    }

    /// A number that changes when [`Tracker::snapshot`] does: peers that came, went or finished, not each announce.
    pub fn revision(&self) -> u64 {
        self.inner.totals.revision.load(Ordering::Relaxed)
    }

    /// The swarm state, to be kept by the host.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::of(self.each_part(|part| part.swarm.snapshot().collect::<Vec<_>>()).into_iter().flatten().collect())
    }

    /// Takes swarm state back, before serving. Only peers of subjects that `is_authorised` still names come back; each
    /// has a whole term to announce. Errors: the snapshot is of another version.
    pub fn restore(&self, snapshot: Snapshot, is_authorised: impl Fn(&str) -> bool) -> Result<(), TrackerError> {
        let now_s = seconds(self.now_ms());
        let expires_at_s = expiry(now_s, self.inner.settings.interval_s);
        for torrent in snapshot.into_torrents()? {
            self.part(torrent.info_hash).lock().swarm.restore(torrent, now_s, expires_at_s, |name| {
                is_authorised(name).then(|| self.inner.subjects.named(name))
            });
        }
        Ok(())
    }

    /// What was done and what is held.
    pub fn statistics(&self) -> TrackerStatistics {
        self.inner.statistics.read(&Holdings {
            torrents: self.inner.totals.torrents.load(Ordering::Relaxed),
            peers: self.inner.totals.peers.load(Ordering::Relaxed),
            verdicts: self.each_part(|part| part.verdicts.len()).into_iter().sum(),
            connections: self.inner.connections.taken(),
        })
    }

    /// The last 256 refusals, newest first.
    pub fn recent_refusals(&self) -> Vec<RecentRefusal> {
        self.inner.statistics.recent(self.now_ms())
    }

    /// All subjects, by name.
    pub fn subjects(&self) -> Vec<SubjectView> {
        self.inner.subjects.view()
    }

    /// All torrents, by info hash.
    pub fn torrents(&self) -> Vec<TorrentView> {
        let now_s = seconds(self.now_ms());
        let views = self.each_part(|part| part.swarm.view(now_s).collect::<Vec<_>>());
        let mut views: Vec<TorrentView> = views.into_iter().flatten().collect();
        views.sort_unstable_by_key(|view| view.info_hash);
        views
    }

    /// At most `limit` peers of a torrent; none where it is unknown.
    pub fn peers(&self, info_hash: InfoHash, limit: usize) -> Option<Vec<PeerView>> {
        let now_s = seconds(self.now_ms());
        self.part(info_hash).lock().swarm.peers(info_hash, limit, now_s)
    }

    /// Forgets what has expired in one part of the state; `turn` says which.
    pub(crate) fn sweep(&self, turn: usize) {
        let now_ms = self.now_ms();
        if let Some(part) = self.inner.parts.get(turn % self.inner.parts.len()) {
            let mut part = part.lock();
            part.swarm.sweep(seconds(now_ms));
            part.verdicts.sweep(now_ms);
        }
        self.inner.subjects.prune();
    }

    fn each_part<T>(&self, work: impl Fn(&mut Part) -> T) -> Vec<T> {
        self.inner.parts.iter().map(|part| work(&mut part.lock())).collect()
    }
}
