//! Folders as a walk finds them.

use super::source::RootFiles;
use crate::dcp::discover::{is_package_root, is_skipped};
use lamphouse_plugin::Error;
use lamphouse_plugin::files::{self, Folder, Kind, WalkOptions};
use std::collections::BTreeMap;

/// Entries of one page of a walk.
const WALK_PAGE: u32 = 50_000;
/// Entries of a page when what it holds is told of at once.
const PART: u32 = 4_000;
/// Entries of a package's folder that are asked for at first, together with those of other packages.
const FIRST_PAGE: u32 = 200;
/// The only files that tell where packages are.
const ASSET_MAPS: [&str; 2] = ["ASSETMAP", "ASSETMAP.xml"];

/// Which files a walk reports.
#[derive(Clone, Copy)]
pub enum Look {
    /// Those that make a folder a package.
    ForRoots,
    /// All.
    ForFiles,
}

/// Folders of a walk with what is in them.
#[derive(Default)]
pub struct Tree {
    pub folders: BTreeMap<String, Folder>,
    /// Folders that could not be listed: nothing below them counts as gone.
    pub unlisted: Vec<String>,
}

impl Tree {
    fn add_all(&mut self, folders: Vec<Folder>) {
        folders.into_iter().for_each(|folder| self.add(folder));
    }

    pub fn add(&mut self, folder: Folder) {
        if folder.fault.is_some() {
            self.unlisted.push(folder.path);
        } else {
            self.folders.insert(folder.path.clone(), folder);
        }
    }

    /// Package roots among the folders.
    pub fn roots(&self) -> Vec<&str> {
        let is_root = |folder: &&Folder| {
            let files = folder.entries.iter().filter(|entry| entry.stat.kind == Kind::File);
            is_package_root(files.map(|entry| entry.name.as_str()))
        };
        self.folders.values().filter(is_root).map(|folder| folder.path.as_str()).collect()
    }

    /// The files of a root with those of its sub-folders.
    pub fn files_of(&self, root: &str) -> RootFiles {
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

/// Whether a folder between the root and the path is one that is passed over.
pub fn skipped_below(root: &str, path: &str) -> bool {
    let below = path.strip_prefix(root).unwrap_or(path);
    below.split('/').filter(|segment| !segment.is_empty()).any(is_skipped)
}

/// A name in a folder.
pub fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Whether `path` is `folder` or lies in it.
pub fn is_in(path: &str, folder: &str) -> bool {
    folder.is_empty() || path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Adds a folder with those below it, `depth` levels down.
pub fn walk(mount: &str, path: &str, depth: Option<u32>, look: Look, tree: &mut Tree) -> Result<(), Error> {
    walk_from(mount, path, options(depth, look, WALK_PAGE), tree)
}

/// Walks a whole mount for package roots and tells of each part when it is there.
pub fn walk_in_parts(mount: &str, mut tell: impl FnMut(Tree) -> Result<(), Error>) -> Result<(), Error> {
    each_page(mount, "", options(None, Look::ForRoots, PART), |folders| {
        let mut part = Tree::default();
        part.add_all(folders);
        tell(part)
    })
}

fn walk_from(mount: &str, path: &str, options: WalkOptions, tree: &mut Tree) -> Result<(), Error> {
    each_page(mount, path, options, |folders| {
        tree.add_all(folders);
        Ok(())
    })
}

/// Gives the folders of each page of a walk.
fn each_page(
    mount: &str,
    path: &str,
    mut options: WalkOptions,
    mut give: impl FnMut(Vec<Folder>) -> Result<(), Error>,
) -> Result<(), Error> {
    loop {
        let page = files::walk(mount, path, &options)?;
        options.cursor = page.next;
        give(page.folders)?;
        if options.cursor.is_none() {
            return Ok(());
        }
    }
}

fn options(depth: Option<u32>, look: Look, limit: u32) -> WalkOptions {
    let names = match look {
        Look::ForRoots => ASSET_MAPS.map(str::to_owned).to_vec(),
        Look::ForFiles => Vec::new(),
    };
    WalkOptions { cursor: None, limit, depth, names }
}

/// The trees below many folders, in order; empty for a folder that is not there any more.
pub fn trees(mount: &str, paths: &[String]) -> Result<Vec<Tree>, Error> {
    let first = options(None, Look::ForFiles, FIRST_PAGE);
    let mut trees = Vec::with_capacity(paths.len());
    for (path, page) in paths.iter().zip(files::walk_many(mount, paths, &first)?) {
        let mut tree = Tree::default();
        match page {
            Ok(page) => {
                tree.add_all(page.folders);
                if page.next.is_some() {
                    let rest = WalkOptions { cursor: page.next, ..options(None, Look::ForFiles, WALK_PAGE) };
                    walk_from(mount, path, rest, &mut tree)?;
                }
            }
            Err(Error::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
        trees.push(tree);
    }
    Ok(trees)
}
