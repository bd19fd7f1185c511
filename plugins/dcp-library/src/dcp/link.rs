//! Which packages complete which: original versions and version files, told by asset ids only.

use std::collections::{BTreeMap, BTreeSet};

use super::package::Package;
use super::uuid::Id;

/// How one package relates to others. `K` is whatever the caller tells packages apart by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links<K> {
    /// Packages that hold tracks this one lacks, and which tracks.
    pub originals: BTreeMap<K, Vec<Id>>,
    /// Packages that lack tracks this one holds, and which tracks.
    pub versions: BTreeMap<K, Vec<Id>>,
    /// Tracks found in none of the others.
    pub unresolved: Vec<Id>,
}

/// Relates `package` to `others`, which must not contain it. Only tracks whose file is there count
/// as held.
pub fn relate<'p, K: Ord + Clone>(package: &Package, others: impl IntoIterator<Item = (K, &'p Package)>) -> Links<K> {
    let (wanted, held) = (package.external_asset_ids(), package.held_asset_ids());
    let mut links = Links { originals: BTreeMap::new(), versions: BTreeMap::new(), unresolved: Vec::new() };
    let mut found = BTreeSet::new();
    for (key, other) in others {
        let provides: Vec<Id> = wanted.intersection(&other.held_asset_ids()).map(|id| (*id).clone()).collect();
        if !provides.is_empty() {
            found.extend(provides.iter().cloned());
            links.originals.insert(key.clone(), provides);
        }
        let takes: Vec<Id> = held.intersection(&other.external_asset_ids()).map(|id| (*id).clone()).collect();
        if !takes.is_empty() {
            links.versions.insert(key, takes);
        }
    }
    links.unresolved = wanted.into_iter().filter(|id| !found.contains(*id)).cloned().collect();
    links
}
