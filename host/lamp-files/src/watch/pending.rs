//! Changes gathered until they are due. Pure: time is an argument.

use super::{WatchOptions, millis};
use std::collections::BTreeSet;
use std::time::Instant;

/// Folders of one report; more are told as "everything".
const MAX_FOLDERS: usize = 10_000;

/// Changes not yet told.
#[derive(Default)]
pub(super) struct Pending {
    folders: BTreeSet<String>,
    overflow: bool,
    /// First and last event.
    span: Option<(Instant, Instant)>,
}

impl Pending {
    /// A folder changed.
    pub fn add(&mut self, folder: &str, now: Instant) {
        self.touch(now);
        if self.overflow || self.folders.contains(folder) {
            return;
        }
        self.folders.insert(folder.to_owned());
        if self.folders.len() > MAX_FOLDERS {
            self.overflow(now);
        }
    }

    /// Anything may have changed.
    pub fn overflow(&mut self, now: Instant) {
        self.touch(now);
        self.overflow = true;
        self.folders.clear();
    }

    fn touch(&mut self, now: Instant) {
        let first = self.span.map_or(now, |(first, _)| first);
        self.span = Some((first, now));
    }

    /// Whether it is time to tell: quiet for a while, or waiting for long.
    pub fn due(&self, now: Instant, options: &WatchOptions) -> bool {
        self.span.is_some_and(|(first, last)| {
            now.duration_since(last) >= millis(options.quiet_ms)
                || now.duration_since(first) >= millis(options.max_delay_ms)
        })
    }

    /// Folders and overflow, as they are to be told.
    pub fn content(&self) -> (Vec<String>, bool) {
        (self.folders.iter().cloned().collect(), self.overflow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn options() -> WatchOptions {
        WatchOptions { quiet_ms: 1_000, max_delay_ms: 5_000, ..WatchOptions::default() }
    }

    #[test]
    fn is_due_after_quiet_or_at_the_latest_after_the_longest_delay() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut pending = Pending::default();
        assert!(!pending.due(at(9_000), &options()), "nothing to tell");
        pending.add("a", at(0));
        assert!(!pending.due(at(999), &options()));
        assert!(pending.due(at(1_000), &options()));
        for ms in (0..5_000).step_by(500) {
            pending.add("b", at(ms));
            assert!(!pending.due(at(ms + 100), &options()), "{ms}");
        }
        assert!(pending.due(at(5_000), &options()), "events keep coming, the delay is over");
        assert_eq!(pending.content(), (vec!["a".to_owned(), "b".to_owned()], false));
    }

    #[test]
    fn too_many_folders_become_everything() {
        let now = Instant::now();
        let mut pending = Pending::default();
        for number in 0..=MAX_FOLDERS {
            pending.add(&number.to_string(), now);
        }
        pending.add("later", now);
        assert_eq!(pending.content(), (Vec::new(), true));
    }
}
