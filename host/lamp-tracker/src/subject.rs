//! Subjects: who announces, by a name that is no secret. A policy names the subject of a key; peers, counts and
//! removals hang on it, so that a key can be replaced and is never written down.

use parking_lot::Mutex;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// From this number on, subjects that nothing refers to are forgotten with their counts.
const KEPT_UNUSED: usize = 10_000;

/// One who announces, such as a site.
#[derive(Debug)]
pub struct Subject {
    name: String,
    /// Unique in this process.
    pub(crate) id: u32,
    pub(crate) peers: AtomicU32,
    pub(crate) admitted: AtomicU64,
    pub(crate) refused: AtomicU64,
}

impl Subject {
    /// The name the policy gave.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// What a subject does, for an operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SubjectView {
    /// The name the policy gave.
    pub subject: String,
    /// Its peers in all swarms.
    pub peers: u32,
    /// Announces admitted since the start.
    pub admitted: u64,
    /// Announces refused since the start.
    pub refused: u64,
}

/// All subjects by name.
#[derive(Debug, Default)]
pub struct Subjects {
    by_name: Mutex<(HashMap<String, Arc<Subject>>, u32)>,
}

impl Subjects {
    /// The subject of that name, made where there is none.
    pub fn named(&self, name: &str) -> Arc<Subject> {
        let mut guard = self.by_name.lock();
        let (subjects, next_id) = &mut *guard;
        if let Some(subject) = subjects.get(name) {
            return Arc::clone(subject);
        }
        let subject = Arc::new(Subject {
            name: name.to_owned(),
            id: *next_id,
            peers: AtomicU32::new(0),
            admitted: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        });
        *next_id = next_id.wrapping_add(1);
        subjects.insert(name.to_owned(), Arc::clone(&subject));
        subject
    }

    /// The subject of that name, where there is one.
    pub fn find(&self, name: &str) -> Option<Arc<Subject>> {
        self.by_name.lock().0.get(name).map(Arc::clone)
    }

    /// Forgets subjects without peers and verdicts once there are many.
    pub fn prune(&self) {
        let subjects = &mut self.by_name.lock().0;
        if subjects.len() > KEPT_UNUSED {
            subjects.retain(|_, subject| Arc::strong_count(subject) > 1);
        }
    }

    /// All subjects, sorted by name.
    pub fn view(&self) -> Vec<SubjectView> {
        let mut views: Vec<SubjectView> = self
            .by_name
            .lock()
            .0
            .values()
            .map(|subject| SubjectView {
                subject: subject.name.clone(),
                peers: subject.peers.load(Ordering::Relaxed),
                admitted: subject.admitted.load(Ordering::Relaxed),
                refused: subject.refused.load(Ordering::Relaxed),
            })
            .collect();
        views.sort_by(|left, right| left.subject.cmp(&right.subject));
        views
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_is_one_subject() {
        let subjects = Subjects::default();
        let first = subjects.named("site-a");
        assert!(Arc::ptr_eq(&first, &subjects.named("site-a")));
        assert_ne!(first.id, subjects.named("site-b").id);
        assert!(subjects.find("site-c").is_none());
        assert_eq!(subjects.view().iter().map(|view| view.subject.as_str()).collect::<Vec<_>>(), ["site-a", "site-b"]);
    }

    #[test]
    fn only_unused_subjects_are_forgotten() {
        let subjects = Subjects::default();
        let kept = subjects.named("kept");
        for number in 0..KEPT_UNUSED {
            subjects.named(&number.to_string());
        }
        subjects.prune();
        assert_eq!(subjects.view().len(), 1);
        assert!(Arc::ptr_eq(&kept, &subjects.named("kept")));
    }
}
