//! Which packages of a mount are new, changed or gone, at the price of one look at each folder that did not change.

use super::source::RootFiles;
use crate::catalogue::{self, Place};
use crate::dcp::discover::{is_package_root, is_skipped};
use lamphouse_plugin::files::{self, Folder, Kind, WalkOptions};
use lamphouse_plugin::{Error, host};
use std::collections::{BTreeMap, BTreeSet};

/// Entries of one page of a walk.
const WALK_PAGE: u32 = 50_000;
/// Paths looked at in one call.
const STAT_PAGE: usize = 20_000;

/// What a look at a mount found.
#[derive(Default)]
pub struct Findings {
    /// Packages to read: folder and files.
    pub changed: Vec<RootFiles>,
    /// Places where a package was and is no more.
    pub lost: Vec<LostPlace>,
    /// Folders whose time is to be remembered.
    pub folders: BTreeMap<String, i64>,
    /// Folders to forget.
    pub lost_folders: Vec<String>,
    /// What was known of each place, by path.
    pub known: BTreeMap<String, Vec<Place>>,
}

/// A place that lost its package.
pub struct LostPlace {
    pub path: String,
    pub package: String,
}

/// Looks at a mount: at everything when `full` or for the first time, else at folders that changed.
pub fn discover(mount: &str, full: bool) -> Result<Findings, Error> {
    let mut known: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    for place in catalogue::places(mount)? {
        known.entry(place.path.clone()).or_default().push(place);
    }
    let folders = if full { BTreeMap::new() } else { catalogue::folders(mount)? };
    let mut found = if folders.is_empty() {
        let mut tree = Tree::default();
        walk(mount, "", None, &mut tree)?;
        everything(tree, &known, if full { catalogue::folders(mount)? } else { folders })
    } else {
        differences(mount, &folders, &known)?
    };
    found.known = known;
    Ok(found)
}

/// When a package that was arriving is to be looked at again.
pub fn next_recheck(mount: &str) -> Result<Option<i64>, Error> {
    let due = catalogue::places(mount)?.into_iter().filter_map(|place| place.recheck_at).min();
    Ok(due)
}

/// Folders of a walk with what is in them.
#[derive(Default)]
struct Tree {
    folders: BTreeMap<String, Folder>,
    /// Folders that could not be listed: nothing below them counts as gone.
    unlisted: Vec<String>,
}

impl Tree {
    fn add(&mut self, folder: Folder) {
        if folder.fault.is_some() {
            self.unlisted.push(folder.path);
        } else {
            self.folders.insert(folder.path.clone(), folder);
        }
    }

    /// Package roots among the folders.
    fn roots(&self) -> Vec<&str> {
        let is_root = |folder: &&Folder| {
            let files = folder.entries.iter().filter(|entry| entry.stat.kind == Kind::File);
            is_package_root(files.map(|entry| entry.name.as_str()))
        };
        self.folders.values().filter(is_root).map(|folder| folder.path.as_str()).collect()
    }

    /// The files of a root with those of its sub-folders.
    fn files_of(&self, root: &str) -> RootFiles {
        let mut files = RootFiles::new(root);
        let below = if root.is_empty() { String::new() } else { format!("{root}/") };
        let nested = self.folders.range(below.clone()..).take_while(|(path, _)| path.starts_with(&below));
        let own = self.folders.get(root).into_iter().filter(|_| !root.is_empty());
        for folder in own.chain(nested.map(|(_, folder)| folder)) {
            if skipped_below(root, &folder.path) {
                continue;
            }
            for entry in &folder.entries {
                if entry.stat.kind == Kind::File && !is_skipped(&entry.name) {
                    files.add(join(&folder.path, &entry.name), entry);
                }
            }
        }
        files
    }
}

fn skipped_below(root: &str, path: &str) -> bool {
    let below = path.strip_prefix(root).unwrap_or(path);
    below.split('/').filter(|segment| !segment.is_empty()).any(is_skipped)
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Whether `path` is `folder` or lies in it.
fn is_in(path: &str, folder: &str) -> bool {
    folder.is_empty() || path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn walk(mount: &str, path: &str, depth: Option<u32>, tree: &mut Tree) -> Result<(), Error> {
    let mut cursor = None;
    loop {
        let options = WalkOptions { cursor, limit: WALK_PAGE, depth, names: Vec::new() };
        let page = files::walk(mount, path, &options)?;
        page.folders.into_iter().for_each(|folder| tree.add(folder));
        cursor = page.next;
        if cursor.is_none() {
            return Ok(());
        }
    }
}

/// After a whole walk: what is not there is gone.
fn everything(tree: Tree, known: &BTreeMap<String, Vec<Place>>, old_folders: BTreeMap<String, i64>) -> Findings {
    let roots: BTreeSet<&str> = tree.roots().into_iter().filter(|root| !skipped_below("", root)).collect();
    let unlisted = |path: &str| tree.unlisted.iter().any(|folder| is_in(path, folder));
    let lost = lost_places(known, |path| !roots.contains(path) && !unlisted(path));
    let now = host::now();
    let changed = roots
        .iter()
        .map(|root| tree.files_of(root))
        .filter(|files| is_new(files, known.get(&files.root), now))
        .collect();
    let lost_folders =
        old_folders.into_keys().filter(|path| !tree.folders.contains_key(path) && !unlisted(path)).collect();
    let folders = tree.folders.into_iter().map(|(path, folder)| (path, folder.modified)).collect();
    Findings { changed, lost, folders, lost_folders, known: BTreeMap::new() }
}

fn lost_places(known: &BTreeMap<String, Vec<Place>>, is_lost: impl Fn(&str) -> bool) -> Vec<LostPlace> {
    known
        .values()
        .flatten()
        .filter(|place| is_lost(&place.path))
        .map(|place| LostPlace { path: place.path.clone(), package: place.package.clone() })
        .collect()
}

/// Whether the files differ from those read before, or a package that was arriving is due.
fn is_new(files: &RootFiles, known: Option<&Vec<Place>>, now: i64) -> bool {
    let signature = files.signature();
    let due = |place: &Place| place.recheck_at.is_some_and(|at| at <= now);
    known
        .is_none_or(|places| places.is_empty() || places.iter().any(|place| place.signature != signature || due(place)))
}

/// Looks only at what changed: each known folder costs one stat.
fn differences(
    mount: &str,
    folders: &BTreeMap<String, i64>,
    known: &BTreeMap<String, Vec<Place>>,
) -> Result<Findings, Error> {
    let mut touched = touched_folders(mount, folders)?;
    let mut tree = Tree::default();
    for path in touched.changed.clone() {
        let mut look = Tree::default();
        walk(mount, &path, Some(0), &mut look)?;
        let Some(folder) = look.folders.get(&path) else { continue };
        for entry in folder.entries.iter().filter(|entry| entry.stat.kind == Kind::Folder && !entry.link) {
            let below = join(&path, &entry.name);
            if !folders.contains_key(&below) {
                walk(mount, &below, None, &mut tree)?;
            }
        }
        look.folders.into_values().for_each(|folder| tree.add(folder));
    }
    touched.changed.extend(tree.folders.keys().cloned());
    let due = known.values().flatten().filter(|place| place.recheck_at.is_some_and(|at| at <= host::now()));
    touched.changed.extend(due.map(|place| place.path.clone()));
    relist(mount, touched, tree, known)
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

/// Reads the file lists of all packages that a changed folder belongs to.
fn relist(mount: &str, touched: Touched, tree: Tree, known: &BTreeMap<String, Vec<Place>>) -> Result<Findings, Error> {
    let mut roots: BTreeSet<String> = tree.roots().into_iter().map(str::to_owned).collect();
    let looked_at: BTreeSet<&String> = tree.folders.keys().collect();
    let lost_folder = |path: &str| touched.lost.iter().any(|folder| is_in(path, folder));
    let no_root_now = |path: &str| looked_at.contains(&path.to_owned()) && !roots.contains(path);
    let lost = lost_places(known, |path| lost_folder(path) || no_root_now(path));
    for root in known.keys() {
        let inside = |folder: &String| is_in(folder, root);
        if touched.changed.iter().any(inside) || touched.lost.iter().any(inside) {
            roots.insert(root.clone());
        }
    }
    roots.retain(|root| !lost.iter().any(|place| &place.path == root) && !skipped_below("", root));
    let now = host::now();
    let mut changed = Vec::new();
    for root in roots {
        let mut whole = Tree::default();
        walk(mount, &root, None, &mut whole)?;
        let files = whole.files_of(&root);
        if is_new(&files, known.get(&root), now) {
            changed.push(files);
        }
    }
    let folders = tree.folders.into_iter().map(|(path, folder)| (path, folder.modified)).collect();
    Ok(Findings { changed, lost, folders, lost_folders: touched.lost, known: BTreeMap::new() })
}
