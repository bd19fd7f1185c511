//! The package as a whole: how it is described, what is to say about it, its state.

use std::collections::BTreeSet;

use super::build::{Context, is_root_file};
use crate::dcp::asset_map::AssetMap;
use crate::dcp::composition::Composition;
use crate::dcp::dialect::Format;
use crate::dcp::findings::Code;
use crate::dcp::package::assets::Located;
use crate::dcp::package::documents::{Documents, Faults};
use crate::dcp::package::{Package, State};
use crate::dcp::packing_list::PackingList;

/// Most foreign files named; all are counted.
const MAX_FOREIGN_FILES: usize = 100;

/// Takes over what the asset map says of the package, else a packing list, else the main composition.
pub(super) fn describe(package: &mut Package, map: Option<&AssetMap>) {
    let list = package.packing_lists.iter().find(|list| !list.asset_ids.is_empty());
    let main = package.main_composition();
    let first_of = |of_map: fn(&AssetMap) -> &Option<String>,
                    of_list: fn(&PackingList) -> &Option<String>,
                    of_main: fn(&Composition) -> &Option<String>| {
        let candidates = [map.map(of_map), list.map(of_list), main.map(of_main)];
        candidates.into_iter().flatten().flatten().next().cloned()
    };
    let issue_date = first_of(|map| &map.issue_date, |list| &list.issue_date, |main| &main.issue_date);
    let issuer = first_of(|map| &map.issuer, |list| &list.issuer, |main| &main.issuer);
    let creator = first_of(|map| &map.creator, |list| &list.creator, |main| &main.creator);
    let title = main.and_then(|main| main.content_title.clone().or_else(|| main.annotation.clone()));
    let kind = main.and_then(|main| main.content_kind.clone());
    (package.issue_date, package.issuer, package.creator) = (issue_date, issuer, creator);
    (package.content_title, package.content_kind) = (title, kind);
    package.annotation = map.and_then(|map| map.annotation.clone());
    package.assetmap_uuid = map.and_then(|map| map.id.clone());
}

/// Files that make up the package, here or not: roots and everything mapped.
pub(super) fn count_files(context: &Context<'_>, located: &[Located<'_>], has_map: bool) -> u64 {
    if !has_map {
        return 0;
    }
    let root = context.index.files().iter().map(|file| file.path.as_str()).filter(|path| is_root_file(path));
    let mapped = located.iter().flat_map(|located| &located.chunks).filter_map(|chunk| chunk.path.as_deref());
    root.chain(mapped).collect::<BTreeSet<_>>().len() as u64
}

/// Names the files no asset map speaks of.
pub(super) fn note_foreign(package: &mut Package, foreign: &[&str], documents: &mut Documents<'_>) {
    if let Some(first) = foreign.first() {
        let message = format!("{} files are in the folder that the asset map does not name", foreign.len());
        documents.findings.add(Code::ForeignFiles, Some(first), message);
    }
    package.foreign_files = foreign.iter().take(MAX_FOREIGN_FILES).map(|path| (*path).to_owned()).collect();
}

/// What is to say about the package as a whole.
pub(super) fn note_whole(package: &Package, has_map: bool, documents: &mut Documents<'_>) {
    let mut add = |code, message: &str| documents.findings.add(code, None, message);
    match package.format {
        Some(Format::Imf) => add(Code::MasteringPackage, "this is a mastering package (IMF), not one for cinemas"),
        Some(Format::Mixed) => {
            add(Code::DialectMixed, "Interop and SMPTE documents are mixed; some servers refuse that")
        }
        _ => {}
    }
    if has_map && package.packing_lists.is_empty() {
        add(Code::PackingListMissing, "the package has no packing list; nothing can be verified without it");
        documents.faults.absent = true;
    } else if has_map && package.compositions.is_empty() {
        add(Code::NoComposition, "the package holds no composition, only assets");
    }
    if !package.packing_lists.is_empty() && package.packing_lists.iter().all(|list| list.signed) {
        documents.findings.add(Code::Signed, None, "the packing lists are signed");
    }
}

/// What is broken counts as arriving while files are young; what was refused never does.
pub(super) fn judge(context: &Context<'_>, package: &mut Package, documents: &mut Documents<'_>) {
    let newest = context.index.files().iter().map(|file| file.modified_ms).max();
    let window_ms = context.options.incoming_window_ms;
    let is_recent = newest.is_some_and(|newest| context.now_ms.saturating_sub(newest).saturating_abs() < window_ms);
    let Faults { absent, broken, refused } = documents.faults;
    package.newest_modified_ms = newest;
    package.state = match (refused, broken, absent) {
        (true, _, _) => State::Corrupt,
        (false, true, _) if is_recent => State::Incoming,
        (false, true, _) => State::Corrupt,
        (false, false, true) => State::Incomplete,
        (false, false, false) => State::Complete,
    };
    if package.state == State::Incoming {
        package.recheck_at_ms = newest.map(|newest| newest.saturating_add(window_ms));
        documents.findings.add(
            Code::StillArriving,
            None,
            "its files changed a moment ago; it is read again when they rest",
        );
    }
}
