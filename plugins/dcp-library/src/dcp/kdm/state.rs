//! Which messages open which compositions, at a given moment.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Kdm;
use crate::dcp::composition::Composition;
use crate::dcp::package::Package;
use crate::dcp::uuid::Id;

/// A message that ends within this time "expires soon", milliseconds: a day and a half, time to ask for another.
pub const SOON_MS: i64 = 36 * HOUR_MS;

const HOUR_MS: i64 = 3600 * 1000;

/// Whether a composition opens, from worst to best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyState {
    /// Encrypted, and no message names it.
    Missing,
    /// Messages name it, but lack some of its keys.
    Incomplete,
    /// The last message has ended.
    Expired,
    /// The first message has not begun.
    NotYetValid,
    /// It opens now, and soon no longer.
    ExpiresSoon,
    /// It opens.
    Valid,
    /// It is not encrypted.
    NotNeeded,
}

/// The keys of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageKeys {
    /// Of the encrypted composition that is worst off.
    pub state: KeyState,
    /// The state in words, such as `expires in 36 h`.
    pub label: String,
    /// When that state ends by itself, or for an expired one when it began, Unix milliseconds; no such moment for a
    /// key that is not there or not needed.
    pub at_ms: Option<i64>,
    /// One for each encrypted composition, in the order of the package.
    pub compositions: Vec<CompositionKeys>,
}

/// The keys of one composition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompositionKeys {
    /// The composition.
    pub composition_id: Id,
    /// Of the recipient that is best off: whether it opens somewhere.
    pub state: KeyState,
    /// The state in words.
    pub label: String,
    /// As [`PackageKeys::at_ms`].
    pub at_ms: Option<i64>,
    /// One for each device that has a message, by name.
    pub recipients: Vec<RecipientKeys>,
}

/// The best message of one device for one composition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecipientKeys {
    /// Common name of the device; empty when the message names none.
    pub recipient: String,
    /// What the message comes to.
    pub state: KeyState,
    /// The state in words.
    pub label: String,
    /// The message.
    pub message_id: Id,
    /// When it begins, Unix milliseconds.
    pub not_valid_before_ms: i64,
    /// When it ends, Unix milliseconds.
    pub not_valid_after_ms: i64,
    /// Keys of the composition it does not carry, sorted.
    pub missing_key_ids: Vec<Id>,
}

impl RecipientKeys {
    fn at_ms(&self) -> Option<i64> {
        match self.state {
            KeyState::NotYetValid => Some(self.not_valid_before_ms),
            KeyState::Valid | KeyState::ExpiresSoon | KeyState::Expired => Some(self.not_valid_after_ms),
            KeyState::Missing | KeyState::Incomplete | KeyState::NotNeeded => None,
        }
    }
}

/// An encrypted composition: what it takes to open it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locked {
    /// The composition.
    pub composition_id: Id,
    /// Keys its tracks are encrypted with, each once, sorted.
    pub key_ids: Vec<Id>,
}

/// The encrypted compositions of a package, in its order.
#[must_use]
pub fn locked(package: &Package) -> Vec<Locked> {
    let lock =
        |composition: &Composition| Locked { composition_id: composition.id.clone(), key_ids: composition.key_ids() };
    package.compositions.iter().map(lock).filter(|lock| !lock.key_ids.is_empty()).collect()
}

/// What the messages come to for a package with these encrypted compositions at `now_ms`, Unix milliseconds; one that
/// ends within `soon_ms` expires soon. `kdms` may be any messages, those of other compositions do not count.
#[must_use]
pub fn of_locked(locked: &[Locked], kdms: &[Kdm], now_ms: i64, soon_ms: i64) -> PackageKeys {
    let compositions: Vec<CompositionKeys> =
        locked.iter().map(|lock| of_composition(lock, kdms, now_ms, soon_ms)).collect();
    let worst = compositions.iter().min_by_key(|keys| keys.state);
    let (state, label, at_ms) = worst.map_or_else(
        || (KeyState::NotNeeded, "no key needed".to_owned(), None),
        |keys| (keys.state, keys.label.clone(), keys.at_ms),
    );
    PackageKeys { state, label, at_ms, compositions }
}

fn of_composition(lock: &Locked, kdms: &[Kdm], now_ms: i64, soon_ms: i64) -> CompositionKeys {
    let mut best: BTreeMap<String, RecipientKeys> = BTreeMap::new();
    for kdm in kdms {
        let Some(missing) = kdm.lacks(lock) else { continue };
        let keys = of_message(kdm, missing, now_ms, soon_ms);
        // Of two in one state the one that ends last is the better, and of two yet to begin the one that begins first.
        let rank = |keys: &RecipientKeys| {
            let begins = if keys.state == KeyState::NotYetValid { keys.not_valid_before_ms } else { 0 };
            (keys.state, std::cmp::Reverse(begins), keys.not_valid_after_ms)
        };
        match best.get_mut(&keys.recipient) {
            Some(known) if rank(known) >= rank(&keys) => {}
            Some(known) => *known = keys,
            None => drop(best.insert(keys.recipient.clone(), keys)),
        }
    }
    let recipients: Vec<RecipientKeys> = best.into_values().collect();
    let best = recipients.iter().max_by_key(|keys| (keys.state, keys.not_valid_after_ms));
    let (state, label, at_ms) = best.map_or_else(
        || (KeyState::Missing, "missing".to_owned(), None),
        |keys| (keys.state, keys.label.clone(), keys.at_ms()),
    );
    CompositionKeys { composition_id: lock.composition_id.clone(), state, label, at_ms, recipients }
}

fn of_message(kdm: &Kdm, missing_key_ids: Vec<Id>, now_ms: i64, soon_ms: i64) -> RecipientKeys {
    let state = if missing_key_ids.is_empty() { of_window(kdm, now_ms, soon_ms) } else { KeyState::Incomplete };
    RecipientKeys {
        recipient: kdm.recipient.common_name.clone().unwrap_or_default(),
        state,
        label: label(state, kdm, now_ms, missing_key_ids.len()),
        message_id: kdm.message_id.clone(),
        not_valid_before_ms: kdm.not_valid_before_ms,
        not_valid_after_ms: kdm.not_valid_after_ms,
        missing_key_ids,
    }
}

/// What the window of a message comes to, whatever it opens.
fn of_window(kdm: &Kdm, now_ms: i64, soon_ms: i64) -> KeyState {
    let left_ms = kdm.not_valid_after_ms.saturating_sub(now_ms);
    if left_ms < 0 || kdm.not_valid_after_ms < kdm.not_valid_before_ms {
        KeyState::Expired
    } else if now_ms < kdm.not_valid_before_ms {
        KeyState::NotYetValid
    } else if left_ms <= soon_ms {
        KeyState::ExpiresSoon
    } else {
        KeyState::Valid
    }
}

/// State and label of a message by itself.
#[must_use]
pub fn of_kdm(kdm: &Kdm, now_ms: i64, soon_ms: i64) -> (KeyState, String) {
    let state = of_window(kdm, now_ms, soon_ms);
    (state, label(state, kdm, now_ms, 0))
}

fn label(state: KeyState, kdm: &Kdm, now_ms: i64, missing: usize) -> String {
    let left_ms = kdm.not_valid_after_ms.saturating_sub(now_ms);
    match state {
        KeyState::Incomplete => format!("lacks {missing} of its keys"),
        KeyState::Expired => "expired".to_owned(),
        KeyState::NotYetValid => format!("valid in {}", span(kdm.not_valid_before_ms.saturating_sub(now_ms))),
        KeyState::ExpiresSoon => format!("expires in {}", span(left_ms)),
        KeyState::Valid => format!("valid for {}", span(left_ms)),
        KeyState::Missing => "missing".to_owned(),
        KeyState::NotNeeded => "no key needed".to_owned(),
    }
}

/// A time in whole minutes, hours or days, rounded down: a key is never promised for longer than it opens.
fn span(milliseconds: i64) -> String {
    let minutes = milliseconds / (60 * 1000);
    match (minutes / 60, minutes / (24 * 60)) {
        (0, _) => format!("{minutes} min"),
        (hours, 0..=2) => format!("{hours} h"),
        (_, days) => format!("{days} days"),
    }
}
