//! Remembered verdicts. Pure: time is an argument. Refusals have a room of their own, so that strangers who try keys do
//! not push out those who are admitted.

use super::{Admission, Refusal};
use crate::subject::Subject;
use crate::wire::{AccessKey, InfoHash};
use indexmap::IndexMap;
use std::net::IpAddr;
use std::sync::Arc;

/// Longest a verdict counts as fresh.
const MOST_KEPT_MS: u64 = 3_600_000;

/// What a verdict is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct VerdictKey {
    pub info_hash: InfoHash,
    pub key: Option<AccessKey>,
    pub address: IpAddr,
}

/// A decision with its subject found.
#[derive(Debug, Clone)]
pub(crate) enum Judged {
    Admitted { subject: Arc<Subject>, terms: Terms },
    Refused { subject: Option<Arc<Subject>>, refusal: Arc<Refusal> },
}

/// What is left of an [`Admission`] besides its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms {
    pub interval_s: Option<u32>,
    pub most_peers: Option<u32>,
    pub listed_as: Option<IpAddr>,
}

impl From<&Admission> for Terms {
    fn from(admission: &Admission) -> Self {
        Self {
            interval_s: admission.interval_s,
            most_peers: admission.most_peers,
            listed_as: admission.listed_as.map(|address| address.to_canonical()),
        }
    }
}

impl Judged {
    pub fn subject(&self) -> Option<&Arc<Subject>> {
        match self {
            Self::Admitted { subject, .. } => Some(subject),
            Self::Refused { subject, .. } => subject.as_ref(),
        }
    }
}

#[derive(Debug)]
struct Entry {
    judged: Judged,
    fresh_until_ms: u64,
}

/// Verdicts by what they are about.
#[derive(Debug)]
pub(crate) struct Verdicts {
    admitted: IndexMap<VerdictKey, Entry>,
    refused: IndexMap<VerdictKey, Entry>,
    capacity: usize,
    stale_for_ms: u64,
}

impl Verdicts {
    /// Room for `capacity` admissions and as many refusals. A verdict no longer fresh is of use for `stale_for_ms` more.
    pub fn new(capacity: usize, stale_for_ms: u64) -> Self {
        Self { admitted: IndexMap::new(), refused: IndexMap::new(), capacity: capacity.max(1), stale_for_ms }
    }

    /// The verdict, when it is fresh.
    pub fn fresh(&self, key: &VerdictKey, now_ms: u64) -> Option<&Judged> {
        self.get(key).filter(|entry| now_ms < entry.fresh_until_ms).map(|entry| &entry.judged)
    }

    /// The verdict, fresh or not.
    pub fn last_known(&self, key: &VerdictKey, now_ms: u64) -> Option<&Judged> {
        self.get(key).filter(|entry| now_ms < self.useless_at(entry)).map(|entry| &entry.judged)
    }

    /// Remembers a verdict in place of an earlier one; one that may not be kept only drives the earlier one out.
    pub fn put(&mut self, key: VerdictKey, judged: Judged, keep_ms: u64, now_ms: u64, random: u64) {
        self.admitted.swap_remove(&key);
        self.refused.swap_remove(&key);
        if keep_ms == 0 {
            return;
        }
        let room = match judged {
            Judged::Admitted { .. } => &mut self.admitted,
            Judged::Refused { .. } => &mut self.refused,
        };
        if room.len() >= self.capacity {
            let victim = random % room.len() as u64;
            room.swap_remove_index(usize::try_from(victim).unwrap_or(0));
        }
        let fresh_until_ms = now_ms.saturating_add(keep_ms.min(MOST_KEPT_MS));
        room.insert(key, Entry { judged, fresh_until_ms });
    }

    /// Forgets what `which` names.
    pub fn forget(&mut self, which: impl Fn(&VerdictKey, &Judged) -> bool) {
        self.admitted.retain(|key, entry| !which(key, &entry.judged));
        self.refused.retain(|key, entry| !which(key, &entry.judged));
    }

    /// Forgets what is of no use any more.
    pub fn sweep(&mut self, now_ms: u64) {
        let stale_for_ms = self.stale_for_ms;
        for room in [&mut self.admitted, &mut self.refused] {
            room.retain(|_, entry| now_ms < entry.fresh_until_ms.saturating_add(stale_for_ms));
        }
    }

    /// How many are remembered.
    pub fn len(&self) -> usize {
        self.admitted.len() + self.refused.len()
    }

    fn get(&self, key: &VerdictKey) -> Option<&Entry> {
        self.admitted.get(key).or_else(|| self.refused.get(key))
    }

    fn useless_at(&self, entry: &Entry) -> u64 {
        entry.fresh_until_ms.saturating_add(self.stale_for_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subject::Subjects;

    fn key(number: u8) -> VerdictKey {
        VerdictKey {
            info_hash: InfoHash([number; 20]),
            key: AccessKey::parse(b"key"),
            address: IpAddr::from([192, 0, 2, number]),
        }
    }

    fn admitted(subjects: &Subjects, name: &str) -> Judged {
        Judged::Admitted { subject: subjects.named(name), terms: Terms::from(&Admission::default()) }
    }

    fn refused() -> Judged {
        Judged::Refused { subject: None, refusal: Arc::new(Refusal::default()) }
    }

    #[test]
    fn a_verdict_is_fresh_then_stale_then_gone() {
        let mut verdicts = Verdicts::new(10, 1_000);
        verdicts.put(key(1), refused(), 500, 100, 0);
        for (now_ms, fresh, known) in [(100, true, true), (599, true, true), (600, false, true), (1_599, false, true)] {
            assert_eq!(verdicts.fresh(&key(1), now_ms).is_some(), fresh, "{now_ms}");
            assert_eq!(verdicts.last_known(&key(1), now_ms).is_some(), known, "{now_ms}");
        }
        assert!(verdicts.last_known(&key(1), 1_600).is_none());
        assert!(verdicts.fresh(&key(2), 100).is_none());
        verdicts.sweep(1_599);
        assert_eq!(verdicts.len(), 1);
        verdicts.sweep(1_600);
        assert_eq!(verdicts.len(), 0);
    }

    #[test]
    fn a_later_verdict_replaces_the_earlier_of_either_kind() {
        let subjects = Subjects::default();
        let mut verdicts = Verdicts::new(10, 1_000);
        verdicts.put(key(1), refused(), 500, 0, 0);
        verdicts.put(key(1), admitted(&subjects, "a"), 500, 0, 0);
        assert!(matches!(verdicts.fresh(&key(1), 0), Some(Judged::Admitted { .. })));
        verdicts.put(key(1), refused(), 0, 0, 0);
        assert!(verdicts.last_known(&key(1), 0).is_none(), "one that may not be kept leaves none");
    }

    #[test]
    fn no_verdict_is_kept_longer_than_an_hour() {
        let mut verdicts = Verdicts::new(10, 0);
        verdicts.put(key(1), refused(), u64::MAX, 0, 0);
        assert!(verdicts.fresh(&key(1), MOST_KEPT_MS - 1).is_some());
        assert!(verdicts.fresh(&key(1), MOST_KEPT_MS).is_none());
    }

    #[test]
    fn refusals_push_out_refusals_only() {
        let subjects = Subjects::default();
        let mut verdicts = Verdicts::new(2, 1_000);
        verdicts.put(key(0), admitted(&subjects, "a"), 500, 0, 0);
        for number in 1..100 {
            verdicts.put(key(number), refused(), 500, 0, u64::from(number));
        }
        assert_eq!(verdicts.len(), 3);
        assert!(verdicts.fresh(&key(0), 0).is_some());
        assert!(verdicts.fresh(&key(99), 0).is_some(), "the newest is there");
    }

    #[test]
    fn what_is_named_is_forgotten() {
        let subjects = Subjects::default();
        let mut verdicts = Verdicts::new(10, 1_000);
        for (number, name) in [(1, "a"), (2, "b"), (3, "a")] {
            verdicts.put(key(number), admitted(&subjects, name), 500, 0, 0);
        }
        verdicts.forget(|_, judged| judged.subject().is_some_and(|subject| subject.name() == "a"));
        assert_eq!(verdicts.len(), 1);
        assert!(verdicts.fresh(&key(2), 0).is_some());
    }
}
