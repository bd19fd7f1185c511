//! Which packages of a mount are new, changed or gone, at the price of one look at each folder that did not change.

use super::kdms;
use super::tree::{Look, Tree, is_in, join, skipped_below, walk, walk_in_parts};
use crate::catalogue::{self, Place};
use lamphouse_plugin::files::{self, Kind};
use lamphouse_plugin::{Error, host};
use std::collections::{BTreeMap, BTreeSet};

/// Paths looked at in one call.
const STAT_PAGE: usize = 20_000;

/// Places of packages by path.
type Known = BTreeMap<String, Vec<Place>>;

/// What a look at a mount found.
#[derive(Default)]
pub struct Findings {
    /// Package folders to read.
    pub roots: Vec<String>,
    /// Places where a package was and is no more.
    pub lost: Vec<LostPlace>,
    /// Folders with the times to be remembered.
    pub folders: Vec<(String, i64)>,
    /// Folders to forget.
    pub lost_folders: Vec<String>,
    /// Files beside packages to look into, and known files that are gone.
    pub kdms: kdms::Changes,
}

/// A place that lost its package.
pub struct LostPlace {
    pub path: String,
    pub package: String,
}

impl Findings {
    fn of(tree: &Tree) -> Self {
        let roots = tree.roots().into_iter().filter(|root| !skipped_below("", root)).map(str::to_owned).collect();
        let folders = tree.folders.iter().map(|(path, folder)| (path.clone(), folder.modified)).collect();
        Self { roots, folders, ..Self::default() }
    }
}

/// Looks at everything and tells of it part by part; what is not there is gone, and told of at the end. How many places
/// are gone.
pub fn everything(mount: &str, mut tell: impl FnMut(&Findings) -> Result<(), Error>) -> Result<usize, Error> {
    let mut seen = Seen::default();
    let kdm_files = catalogue::kdm_files(mount)?;
    walk_in_parts(mount, |part| {
        let mut found = Findings::of(&part);
        seen.roots.extend(found.roots.iter().cloned());
        // A folder is told before what is in it, so every package around one is known by now.
        let beside = |path: &&String| kdms::is_beside(path, |root| seen.roots.contains(root));
        let beside: Vec<String> = part.folders.keys().filter(beside).cloned().collect();
        found.kdms = kdms::changes(mount, &beside, &kdm_files)?;
        tell(&found)?;
        seen.folders.extend(part.folders.into_keys());
        seen.unlisted.extend(part.unlisted);
        Ok(())
    })?;
    let unlisted = |path: &str| seen.unlisted.iter().any(|folder| is_in(path, folder));
    let lost = lost_places(&known(mount)?, |path| !seen.roots.contains(path) && !unlisted(path));
    let gone = lost.len();
    let before = catalogue::folders(mount)?.into_keys();
    let lost_folders = before.filter(|path| !seen.folders.contains(path) && !unlisted(path)).collect();
    let lost_files = kdms::files_in(&kdm_files, |path| !seen.folders.contains(path) && !unlisted(path));
    let kdms = kdms::Changes { lost: lost_files, ..kdms::Changes::default() };
    tell(&Findings { lost, lost_folders, kdms, ..Findings::default() })?;
    Ok(gone)
}

/// Paths that a walk met.
#[derive(Default)]
struct Seen {
    roots: BTreeSet<String>,
    folders: BTreeSet<String>,
    unlisted: Vec<String>,
}

/// The places known of a mount.
fn known(mount: &str) -> Result<Known, Error> {
    let mut known = Known::new();
    for place in catalogue::places(mount)? {
        known.entry(place.path.clone()).or_default().push(place);
    }
    Ok(known)
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
pub fn differences(mount: &str) -> Result<Findings, Error> {
    let known = known(mount)?;
    let folders = catalogue::folders(mount)?;
    let mut touched = touched_folders(mount, &folders)?;
    let mut tree = Tree::default();
    for path in touched.changed.clone() {
        let mut look = Tree::default();
        walk(mount, &path, Some(0), Look::Roots, &mut look)?;
        let Some(folder) = look.folders.get(&path) else { continue };
        for entry in folder.entries.iter().filter(|entry| entry.stat.kind == Kind::Folder && !entry.link) {
            let below = join(&path, &entry.name);
            if !folders.contains_key(&below) {
                walk(mount, &below, None, Look::Roots, &mut tree)?;
            }
        }
        look.folders.into_values().for_each(|folder| tree.add(folder));
    }
    touched.changed.extend(tree.folders.keys().cloned());
    let due = known.values().flatten().filter(|place| place.recheck_at.is_some_and(|at| at <= host::now()));
    touched.changed.extend(due.map(|place| place.path.clone()));
    let kdms = kdm_changes(mount, &touched, &tree, &known)?;
    Ok(Findings { kdms, ..concerned(touched, tree, &known) })
}

/// What changed beside packages in the folders that were looked at.
fn kdm_changes(mount: &str, touched: &Touched, tree: &Tree, known: &Known) -> Result<kdms::Changes, Error> {
    if tree.folders.is_empty() && touched.lost.is_empty() {
        return Ok(kdms::Changes::default());
    }
    let roots: BTreeSet<&str> = tree.roots().into_iter().collect();
    let is_root = |path: &str| roots.contains(path) || (known.contains_key(path) && !tree.folders.contains_key(path));
    let beside: Vec<String> = tree.folders.keys().filter(|path| kdms::is_beside(path, is_root)).cloned().collect();
    let files = catalogue::kdm_files(mount)?;
    let mut changes = kdms::changes(mount, &beside, &files)?;
    let is_lost = |path: &str| touched.lost.iter().any(|folder| is_in(path, folder));
    changes.lost.extend(kdms::files_in(&files, is_lost));
    Ok(changes)
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
    Findings { roots: roots.into_iter().collect(), lost, folders, lost_folders: touched.lost, ..Findings::default() }
}
