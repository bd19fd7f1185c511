//! Reads everything a folder holds into packages.

mod build;
mod contents;
mod judge;
mod place;

use std::collections::HashSet;

use super::documents::Documents;
use super::{Options, Package, State};
use crate::dcp::asset_map::{self, AssetMap};
use crate::dcp::discover;
use crate::dcp::findings::Code;
use crate::dcp::path::FileIndex;
use crate::dcp::source::{FileEntry, PackageSource, SourceError};
use crate::dcp::uuid::Id;

/// One package in the making: the asset maps it is described by (two in mixed deliveries).
struct Draft<'a, 'i> {
    maps: Vec<(&'i FileEntry, AssetMap)>,
    documents: Documents<'a>,
}

/// Reads a package folder. Nearly always one package; two when the folder holds an Interop and a
/// SMPTE asset map that describe different ones. Never empty and never an error: whatever fails is
/// a finding. `now_ms`: Unix milliseconds, to tell arriving files from broken ones.
#[must_use]
pub fn read_packages(source: &dyn PackageSource, now_ms: i64, options: &Options) -> Vec<Package> {
    let index = match source.list() {
        Ok(files) => FileIndex::new(without_nested(files)),
        Err(error) => return vec![unlisted(source, &error)],
    };
    let maps = index.files().iter().filter(|file| discover::is_asset_map(&file.path));
    let drafts = merge(maps.map(|file| draft(source, file)).collect());
    let context = build::Context { index: &index, now_ms, options };
    if drafts.is_empty() {
        let mut documents = Documents::new(source);
        documents.faults.broken = true;
        let message = "there is no ASSETMAP or ASSETMAP.xml in the folder, so it is no package";
        documents.findings.add(Code::AssetMapMissing, None, message);
        return build::build(&context, vec![Draft { maps: Vec::new(), documents }]);
    }
    build::build(&context, drafts)
}

/// A sub-folder with its own asset map is a package of its own.
fn without_nested(mut files: Vec<FileEntry>) -> Vec<FileEntry> {
    let paths = files.iter().map(|file| file.path.as_str());
    let nested: HashSet<String> = discover::nested_roots(paths).into_iter().map(str::to_owned).collect();
    if !nested.is_empty() {
        let is_below = |path: &str| {
            let mut folders = path.match_indices('/').filter_map(|(end, _)| path.get(..=end));
            folders.any(|folder| nested.contains(folder))
        };
        files.retain(|file| !is_below(&file.path));
    }
    files
}

fn draft<'a, 'i>(source: &'a dyn PackageSource, file: &'i FileEntry) -> Draft<'a, 'i> {
    let mut documents = Documents::new(source);
    let read = documents.read(&[file], |root, report| {
        let map = asset_map::read(root, report);
        if map.is_none() {
            report.add(Code::AssetMapUnreadable, format!("it is no asset map but \"{}\"", root.name()));
        }
        map
    });
    if read.is_none() {
        let message = "the asset map cannot be read, so nothing is known of the package; copy it again";
        documents.findings.add(Code::AssetMapUnreadable, Some(&file.path), message);
    }
    let map = read.flatten();
    documents.faults.broken |= map.is_none();
    Draft { maps: map.map(|map| (file, map)).into_iter().collect(), documents }
}

/// Joins the drafts that describe one package. One that could not be read joins the first.
fn merge<'a, 'i>(drafts: Vec<Draft<'a, 'i>>) -> Vec<Draft<'a, 'i>> {
    let (readable, unreadable): (Vec<_>, Vec<_>) = drafts.into_iter().partition(|draft| !draft.maps.is_empty());
    let mut merged: Vec<Draft<'a, 'i>> = Vec::new();
    for draft in readable {
        let twin = merged.iter_mut().find(|other| is_same_package(other, &draft));
        match twin {
            Some(twin) => absorb(twin, draft),
            None => merged.push(draft),
        }
    }
    for draft in unreadable {
        match merged.first_mut() {
            Some(first) => absorb(first, draft),
            None => merged.push(draft),
        }
    }
    merged
}

fn absorb<'a, 'i>(into: &mut Draft<'a, 'i>, other: Draft<'a, 'i>) {
    into.maps.extend(other.maps);
    into.documents.findings.append(other.documents.findings);
    into.documents.faults.broken |= other.documents.faults.broken;
    into.documents.faults.refused |= other.documents.faults.refused;
}

fn is_same_package(one: &Draft<'_, '_>, other: &Draft<'_, '_>) -> bool {
    let maps = || one.maps.iter().flat_map(|(_, left)| other.maps.iter().map(move |(_, right)| (left, right)));
    maps().any(|(left, right)| {
        let lists = packing_list_ids(left);
        (left.id.is_some() && left.id == right.id) || (!lists.is_empty() && lists == packing_list_ids(right))
    })
}

fn packing_list_ids(map: &AssetMap) -> Vec<&Id> {
    let mut ids: Vec<&Id> = map.assets.iter().filter(|asset| asset.is_packing_list).map(|asset| &asset.id).collect();
    ids.sort_unstable();
    ids
}

fn unlisted(source: &dyn PackageSource, error: &SourceError) -> Package {
    let mut documents = Documents::new(source);
    documents.findings.add(Code::FolderUnreadable, None, format!("the folder cannot be listed: {error}"));
    let mut package = build::blank(source.name());
    package.state = State::Unreachable;
    package.findings = documents.findings.into_list();
    package
}
