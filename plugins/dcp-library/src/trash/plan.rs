//! What would go when a copy is deleted, and what speaks against it.

use crate::catalogue::{self, Location, Named, TrashRow};
use crate::scan;
use lamphouse_plugin::Error;
use lamphouse_plugin::files::{self, Kind};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Packages of one call.
pub const MOST_PACKAGES: usize = 200;

/// A copy that somebody wants to delete.
#[derive(Debug, Clone, Deserialize)]
pub struct Wanted {
    /// Id of the package, or of its asset map.
    pub id: String,
    /// Mount and path: `library/Film`; needed where there are several copies.
    #[serde(default)]
    pub place: Option<String>,
}

/// Why a copy should not go, or cannot.
pub struct Reason {
    pub code: &'static str,
    pub message: String,
    /// The packages it is about.
    pub packages: Vec<Named>,
    /// Whether whoever knows of it may delete all the same.
    pub may_be_overruled: bool,
}

/// What would go.
pub struct Plan {
    pub id: String,
    pub name: String,
    pub content_title: Option<String>,
    pub discovered_at: i64,
    pub mount: String,
    pub path: String,
    /// Copies that stay.
    pub copies_left: usize,
    /// Everything in the folder, whether the package names it or not.
    pub files: u64,
    pub size_bytes: u64,
    pub reasons: Vec<Reason>,
}

impl Plan {
    /// The reasons that hold against those who know of these.
    pub fn standing<'a>(&'a self, even_if: &'a [String]) -> impl Iterator<Item = &'a Reason> {
        let known = |reason: &&Reason| reason.may_be_overruled && even_if.iter().any(|code| code == reason.code);
        self.reasons.iter().filter(move |reason| !known(reason))
    }
}

/// What would go with these copies. Errors: `NotFound` for an unknown package, `Invalid` for an unknown or unclear place.
pub fn plan(wanted: &[Wanted]) -> Result<Vec<Plan>, Error> {
    let chosen = wanted.iter().map(choose).collect::<Result<Vec<_>, _>>()?;
    let places: BTreeSet<(&str, &str)> = chosen.iter().map(|one| (one.mount.as_str(), one.path.as_str())).collect();
    if places.len() < chosen.len() {
        return Err(Error::Invalid("packages: each copy is named once".to_owned()));
    }
    let places: Vec<(String, String)> = places.into_iter().map(|(mount, path)| (mount.into(), path.into())).collect();
    let mut plans = chosen;
    for plan in &mut plans {
        let staying = catalogue::staying_places(&plan.id)?;
        plan.copies_left = staying.iter().filter(|place| !places.contains(place)).count();
    }
    let going: Vec<String> = plans.iter().filter(|plan| plan.copies_left == 0).map(|plan| plan.id.clone()).collect();
    let deletable: BTreeSet<String> = files::mounts()
        .into_iter()
        .filter(|mount| mount.rights.iter().any(|right| right == "delete"))
        .map(|mount| mount.name)
        .collect();
    for plan in &mut plans {
        let more = reasons(plan, &going, &deletable)?;
        plan.reasons.extend(more);
    }
    measure(&mut plans);
    Ok(plans)
}

/// The copy that is meant, with what is known of it.
fn choose(wanted: &Wanted) -> Result<Plan, Error> {
    let stored = catalogue::find_package(&wanted.id)?;
    let stored = stored.ok_or_else(|| Error::NotFound(format!("no package with the id {}", wanted.id)))?;
    let summary: Value = serde_json::from_str(&stored.summary)
        .map_err(|error| Error::Other(format!("the stored package cannot be read: {error}")))?;
    let text = |name: &str| summary[name].as_str().map(str::to_owned);
    let name = text("package_name").unwrap_or_default();
    let locations = catalogue::locations(&stored.id)?;
    let place = the_place(&name, &locations, wanted.place.as_deref())?;
    let mut reasons = Vec::new();
    if !place.reachable {
        let message = format!("{} cannot be read now; bring the mount back, then delete", place.mount);
        reasons.push(Reason { code: "unreachable", message, packages: Vec::new(), may_be_overruled: false });
    }
    Ok(Plan {
        id: stored.id,
        name,
        content_title: text("content_title"),
        discovered_at: stored.discovered_at,
        mount: place.mount.clone(),
        path: place.path.clone(),
        copies_left: 0,
        files: 0,
        size_bytes: 0,
        reasons,
    })
}

fn the_place<'a>(name: &str, locations: &'a [Location], wanted: Option<&str>) -> Result<&'a Location, Error> {
    let Some(wanted) = wanted.filter(|place| !place.is_empty()) else {
        return match locations {
            [one] => Ok(one),
            _ => Err(Error::Invalid(format!(
                "place: {name} lies at {} places; say which copy is to go",
                locations.len()
            ))),
        };
    };
    let (mount, path) = wanted.split_once('/').unwrap_or((wanted, ""));
    locations.iter().find(|known| known.mount == mount && known.path == path).ok_or_else(|| {
        Error::Invalid(format!("place: {name} does not lie at {wanted}; its locations are in its detail"))
    })
}

fn reasons(plan: &Plan, going: &[String], deletable: &BTreeSet<String>) -> Result<Vec<Reason>, Error> {
    let mut found = Vec::new();
    let mut add = |code, may_be_overruled, packages: Vec<Named>, message: String| {
        found.push(Reason { code, message, packages, may_be_overruled });
    };
    if plan.path.is_empty() {
        let message = format!("it is all of the mount {}; remove the mount, or delete its files by hand", plan.mount);
        add("whole_mount", false, Vec::new(), message);
    }
    if !deletable.contains(&plan.mount) {
        let message = format!(
            "the right to delete on {} is missing; an admin can add it to the mount and grant it to this plugin",
            plan.mount
        );
        add("no_right", false, Vec::new(), message);
    }
    let inside = catalogue::others_inside(&plan.mount, &plan.path, &plan.id)?;
    if !inside.is_empty() && !plan.path.is_empty() {
        let message = format!("{} lie in its folder and would go as well", others(&inside));
        add("folder_shared", true, inside, message);
    }
    if plan.copies_left == 0 {
        let needing = catalogue::left_without(&plan.id, going)?;
        if !needing.is_empty() {
            let message = format!("{} play its tracks, and no other package here has them", others(&needing));
            add("needed_by_version", true, needing, message);
        }
        let servers = catalogue::swarm_servers(&plan.id)?;
        if servers > 0 {
            let message = "it is handed out in a swarm; servers that lack it could not get it from here".to_owned();
            add("in_swarm", true, Vec::new(), message);
        }
    }
    Ok(found)
}

/// Names for a sentence.
fn others(packages: &[Named]) -> String {
    let named: Vec<&str> = packages.iter().take(3).map(|one| one.name.as_str()).collect();
    match packages.len().saturating_sub(named.len()) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// Looks what is in the folders now; what cannot be read counts nothing.
fn measure(plans: &mut [Plan]) {
    let mut by_mount: BTreeMap<String, Vec<&mut Plan>> = BTreeMap::new();
    for plan in plans {
        by_mount.entry(plan.mount.clone()).or_default().push(plan);
    }
    for (mount, plans) in by_mount {
        let paths: Vec<String> = plans.iter().map(|plan| plan.path.clone()).collect();
        let Ok(trees) = scan::trees(&mount, &paths) else { continue };
        for (plan, tree) in plans.into_iter().zip(trees) {
            let entries = tree.folders.values().flat_map(|folder| &folder.entries);
            for entry in entries.filter(|entry| entry.stat.kind == Kind::File) {
                plan.files += 1;
                plan.size_bytes = plan.size_bytes.saturating_add(entry.stat.size_bytes);
            }
        }
    }
}

/// Why a copy that was to go must not any more; nothing for one that is not known there, since it may be in the trash already.
pub fn refusal(row: &TrashRow) -> Result<Option<String>, Error> {
    let known = catalogue::locations(&row.package)?;
    if !known.iter().any(|place| place.mount == row.mount && place.path == row.path) {
        return Ok(None);
    }
    let place = Some(format!("{}/{}", row.mount, row.path));
    let plans = match plan(&[Wanted { id: row.package.clone(), place }]) {
        // A scan has found it gone in between.
        Err(Error::NotFound(_) | Error::Invalid(_)) => return Ok(None),
        plans => plans?,
    };
    let facts: Value = serde_json::from_str(&row.facts).unwrap_or_default();
    let even_if: Vec<String> = serde_json::from_value(facts["even_if"].clone()).unwrap_or_default();
    Ok(plans.iter().flat_map(|plan| plan.standing(&even_if)).next().map(|reason| reason.message.clone()))
}
