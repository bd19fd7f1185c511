//! Which packages of a mount are new, changed or gone, at the price of one look at each folder that did not change.

use super::tree::{Look, Tree, is_in, join, skipped_below, walk};
use crate::catalogue::{self, Place};
use lamphouse_plugin::files::{self, Kind};
use lamphouse_plugin::{Error, host};
use std::collections::{BTreeMap, BTreeSet};

/// Paths looked at in one call.
const STAT_PAGE: usize = 20_000;

/// Places of packages by path.
type Known = BTreeMap<String, Vec<Place>>;

/// What a look at a mount found.
pub struct Findings {
    /// Package folders to read.
    pub roots: Vec<String>,
    /// Places where a package was and is no more.
    pub lost: Vec<LostPlace>,
    /// Folders whose time is to be remembered.
    pub folders: BTreeMap<String, i64>,
    /// Folders to forget.
    pub lost_folders: Vec<String>,
}

/// A place that lost its package.
pub struct LostPlace {
    pub path: String,
    pub package: String,
}

/// Looks at a mount: at everything when `full` or for the first time, else at folders that changed.
pub fn discover(mount: &str, full: bool) -> Result<Findings, Error> {
    let mut known = Known::new();
    for place in catalogue::places(mount)? {
        known.entry(place.path.clone()).or_default().push(place);
    }
    let folders = catalogue::folders(mount)?;
    if full || folders.is_empty() {
        let mut tree = Tree::default();
        walk(mount, "", None, Look::ForRoots, &mut tree)?;
        Ok(everything(tree, &known, folders))
    } else {
        differences(mount, &folders, &known)
    }
}

/// After a whole walk: what is not there is gone.
fn everything(tree: Tree, known: &Known, old_folders: BTreeMap<String, i64>) -> Findings {
    let roots: BTreeSet<&str> = tree.roots().into_iter().filter(|root| !skipped_below("", root)).collect();
    let unlisted = |path: &str| tree.unlisted.iter().any(|folder| is_in(path, folder));
    let lost = lost_places(known, |path| !roots.contains(path) && !unlisted(path));
    let roots = roots.into_iter().map(str::to_owned).collect();
    let lost_folders =
        old_folders.into_keys().filter(|path| !tree.folders.contains_key(path) && !unlisted(path)).collect();
    let folders = tree.folders.into_iter().map(|(path, folder)| (path, folder.modified)).collect();
    Findings { roots, lost, folders, lost_folders }
}

fn lost_places(known: &Known, is_lost: impl Fn(&str) -> bool) -> Vec<LostPlace> {
    known
        .values()
        .flatten()
        .filter(|place| is_lost(&place.path))
        .map(|place| LostPlace { path: place.path.clone(), package: place.package.clone() })
        .collect()
}

/// Looks only at what changed: each known folder costs one stat.
fn differences(mount: &str, folders: &BTreeMap<String, i64>, known: &Known) -> Result<Findings, Error> {
    let mut touched = touched_folders(mount, folders)?;
    let mut tree = Tree::default();
    for path in touched.changed.clone() {
        let mut look = Tree::default();
        walk(mount, &path, Some(0), Look::ForRoots, &mut look)?;
        let Some(folder) = look.folders.get(&path) else { continue };
        for entry in folder.entries.iter().filter(|entry| entry.stat.kind == Kind::Folder && !entry.link) {
            let below = join(&path, &entry.name);
            if !folders.contains_key(&below) {
                walk(mount, &below, None, Look::ForRoots, &mut tree)?;
            }
        }
        look.folders.into_values().for_each(|folder| tree.add(folder));
    }
    touched.changed.extend(tree.folders.keys().cloned());
    let due = known.values().flatten().filter(|place| place.recheck_at.is_some_and(|at| at <= host::now()));
    touched.changed.extend(due.map(|place| place.path.clone()));
    Ok(concerned(touched, tree, known))
}

/// Folders that changed and folders that are gone.
struct Touched {
    changed: BTreeSet<String>,
    lost: Vec<String>,
}

fn touched_folders(mount: &str, folders: &BTreeMap<String, i64>) -> Result<Touched, Error> {
    let paths: Vec<String> = folders.keys().cloned().collect();
    let mut touched = Touched { changed: BTreeSet::new(), lost: Vec::new() };
    for chunk in paths.chunks(STAT_PAGE) {
        for (path, seen) in chunk.iter().zip(files::stat_many(mount, chunk)?) {
            match seen {
                Ok(stat) if stat.kind == Kind::Folder && folders.get(path) == Some(&stat.modified) => {}
                Ok(stat) if stat.kind == Kind::Folder => {
                    touched.changed.insert(path.clone());
                }
                Ok(_) | Err(Error::NotFound(_)) => touched.lost.push(path.clone()),
                Err(error) => return Err(error),
            }
        }
    }
    Ok(touched)
}

/// All packages that a changed folder belongs to.
fn concerned(touched: Touched, tree: Tree, known: &Known) -> Findings {
    let mut roots: BTreeSet<String> = tree.roots().into_iter().map(str::to_owned).collect();
    let lost_folder = |path: &str| touched.lost.iter().any(|folder| is_in(path, folder));
    let no_root_now = |path: &str| tree.folders.contains_key(path) && !roots.contains(path);
    let lost = lost_places(known, |path| lost_folder(path) || no_root_now(path));
    for root in known.keys() {
        let inside = |folder: &String| is_in(folder, root);
        if touched.changed.iter().any(inside) || touched.lost.iter().any(inside) {
            roots.insert(root.clone());
        }
    }
    roots.retain(|root| !lost.iter().any(|place| &place.path == root) && !skipped_below("", root));
    let folders = tree.folders.into_iter().map(|(path, folder)| (path, folder.modified)).collect();
    Findings { roots: roots.into_iter().collect(), lost, folders, lost_folders: touched.lost }
}
