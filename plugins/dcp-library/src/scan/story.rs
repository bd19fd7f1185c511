//! What reading a package means for its history: that it changed, has one more copy, came back or was moved.

use super::keep::Read;
use crate::catalogue::{self, Happening, Known, Place, Removal};
use lamphouse_plugin::Error;
use lamphouse_plugin::sql::Statement;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::slice::from_ref;

/// A package that turns up elsewhere within this time was moved.
const MOVE_MS: i64 = 600_000;

/// What is told of a batch.
#[derive(Default)]
pub struct Story {
    happenings: Vec<Happening>,
    dropped: Vec<Statement>,
    /// When packages that came back were first seen, by their ids.
    discovered_at: BTreeMap<String, i64>,
}

impl Story {
    /// Compares what was read with what was known: packages by their ids, and places of the mount.
    pub fn of(
        mount: &str,
        read: &[Read],
        stored: &BTreeMap<String, Known>,
        places: &[Place],
        now: i64,
    ) -> Result<Self, Error> {
        let new: BTreeSet<&String> = read.iter().map(|one| &one.id).filter(|id| !stored.contains_key(*id)).collect();
        let removals = catalogue::removals(&new.into_iter().cloned().collect::<Vec<_>>())?;
        let mut story = Self::default();
        for one in read {
            let place = json!({ "mount": mount, "path": one.path });
            let is_here = |place: &Place| place.path == one.path && place.package == one.id;
            // Another reader may have written both since the places were listed.
            let known_here = places.iter().any(is_here)
                || stored.contains_key(&one.id)
                    && catalogue::places_at(mount, from_ref(&one.path))?.iter().any(is_here);
            match stored.get(&one.id) {
                Some(_) if !known_here => story.tell(one, "copy-added", place),
                Some(before) => story.compare(one, before, mount),
                None => {
                    if let Some(removal) = removals.get(&one.id) {
                        story.come_back(one, removal, place, now);
                    }
                }
            }
        }
        Ok(story)
    }

    /// When a package was first seen.
    pub fn discovered_at(&self, package: &str, now: i64) -> i64 {
        self.discovered_at.get(package).copied().unwrap_or(now)
    }

    /// Writes it down.
    pub fn statements(self, now: i64) -> Vec<Statement> {
        let mut statements = self.dropped;
        statements.extend(catalogue::tell(&self.happenings, now));
        statements
    }

    fn tell(&mut self, one: &Read, kind: &'static str, facts: Value) {
        self.happenings.push(Happening { package: one.id.clone(), kind, facts });
    }

    /// A package that is still arriving changes all the time, which is no news.
    fn compare(&mut self, one: &Read, before: &Known, mount: &str) {
        let state = one.state();
        let arriving = before.state == "incoming" && state == "incoming";
        let is_shown = before.is_shown_from(mount, &one.path) == Some(true);
        if is_shown && before.content != one.content && !arriving {
            self.tell(one, "changed", json!({ "from": before.state, "to": state }));
        }
    }

    fn come_back(&mut self, one: &Read, removal: &Removal, place: Value, now: i64) {
        if self.discovered_at.contains_key(&one.id) {
            return;
        }
        let facts: Value = serde_json::from_str(&removal.facts).unwrap_or_default();
        self.discovered_at.insert(one.id.clone(), facts["discovered_at"].as_i64().unwrap_or(now));
        let elsewhere = facts["mount"] != place["mount"] || facts["path"] != place["path"];
        if removal.deleted && !elsewhere {
            // Whoever took it out of the trash tells of it.
            return;
        }
        if elsewhere && !removal.deleted && now.saturating_sub(removal.at) <= MOVE_MS {
            self.dropped.push(catalogue::drop_removal(removal));
            let from = json!({ "mount": facts["mount"], "path": facts["path"] });
            self.tell(one, "moved", json!({ "from": from, "to": place }));
        } else {
            self.tell(one, "returned", place);
        }
    }
}
