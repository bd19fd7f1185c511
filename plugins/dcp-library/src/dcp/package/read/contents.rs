//! The documents of a package, and its assets as they and the map tell them.

use std::collections::{HashMap, HashSet};

use crate::dcp::composition::{self, Composition};
use crate::dcp::dialect::Dialect;
use crate::dcp::findings::{Code, shorten};
use crate::dcp::kind::may_be_composition;
use crate::dcp::package::Asset;
use crate::dcp::package::assets::{self, Located, Place};
use crate::dcp::package::documents::Documents;
use crate::dcp::packing_list::{self, PackedAsset, PackingList};
use crate::dcp::subtitle;
use crate::dcp::uuid::Id;

/// Documents found in a package.
#[derive(Default)]
pub(super) struct Contents {
    pub packing_lists: Vec<PackingList>,
    /// Entries of all lists, each with the file of its list.
    pub packed: Vec<(PackedAsset, Option<String>)>,
    pub compositions: Vec<Composition>,
    /// Documents that are subtitles by their root, whatever their type says.
    pub subtitle_ids: Vec<Id>,
}

/// Opens the packing lists and everything that may be a composition. When nothing is marked as
/// packing list, every document is opened and told by its root.
pub(super) fn read_documents(located: &[Located<'_>], fallback: Dialect, documents: &mut Documents<'_>) -> Contents {
    let mut contents = Contents::default();
    let any_marked = located.iter().any(|located| located.is_packing_list);
    for list in located.iter().filter(|located| located.is_packing_list) {
        read_marked_list(list, documents, &mut contents);
    }
    let types: HashMap<Id, String> =
        contents.packed.iter().map(|(packed, _)| (packed.id.clone(), packed.media_type.clone())).collect();
    for located in located.iter().filter(|located| !located.is_packing_list && located.place == Place::Here) {
        let path = located.files.first().map_or("", |file| file.path.as_str());
        if !may_be_composition(types.get(&located.id).map_or("", String::as_str), path) {
            continue;
        }
        documents.read(&located.files, |root, report| {
            if let Some(composition) = composition::read(root, &located.id, fallback, report) {
                contents.compositions.push(composition);
            } else if subtitle::is_subtitle(root) {
                contents.subtitle_ids.push(located.id.clone());
            } else if !any_marked && let Some((list, packed)) = packing_list::read(root, &located.id, report) {
                contents.packed.extend(packed.into_iter().map(|asset| (asset, list.file.clone())));
                contents.packing_lists.push(list);
            }
        });
    }
    contents
}

fn read_marked_list(list: &Located<'_>, documents: &mut Documents<'_>, contents: &mut Contents) {
    let read = if list.place == Place::Here {
        let read = documents.read(&list.files, |root, report| {
            let read = packing_list::read(root, &list.id, report);
            if read.is_none() {
                report.add(
                    Code::DocumentUnreadable,
                    format!("it is marked as packing list but is \"{}\"", shorten(root.name())),
                );
            }
            read
        });
        documents.faults.broken |= matches!(read, Some(None));
        read.flatten()
    } else {
        documents.faults.absent = true;
        let path = list.chunks.first().and_then(|chunk| chunk.path.as_deref());
        documents.findings.add(
            Code::PackingListMissing,
            path,
            "the packing list is not there; nothing can be verified without it",
        );
        None
    };
    let (entry, packed) = read.unwrap_or_else(|| {
        let file = list.files.first().map(|file| file.path.clone());
        (unread_list(&list.id, file), Vec::new())
    });
    contents.packed.extend(packed.into_iter().map(|asset| (asset, entry.file.clone())));
    contents.packing_lists.push(entry);
}

fn unread_list(id: &Id, file: Option<String>) -> PackingList {
    PackingList {
        id: id.clone(),
        annotation: None,
        issuer: None,
        creator: None,
        issue_date: None,
        signed: false,
        signer: None,
        group_id: None,
        standard: None,
        file,
        asset_ids: Vec::new(),
    }
}

/// Joins the packing lists with the map: listed assets first, each id once, then the map's others.
pub(super) fn join_assets(
    contents: &Contents,
    located: &[Located<'_>],
    by_id: &HashMap<&Id, &Located<'_>>,
    documents: &mut Documents<'_>,
) -> Vec<Asset> {
    let mut first: HashMap<&Id, &PackedAsset> = HashMap::with_capacity(contents.packed.len());
    let mut joined = Vec::with_capacity(contents.packed.len());
    for (packed, file) in &contents.packed {
        match first.insert(&packed.id, packed) {
            None => joined.push(assets::join(packed, by_id.get(&packed.id).copied(), file.as_deref(), documents)),
            Some(earlier) if earlier.size_bytes != packed.size_bytes || earlier.hash != packed.hash => {
                let message = format!("{} is listed twice with different size or hash; the first counts", packed.id);
                documents.findings.add(Code::DuplicateId, file.as_deref(), message);
            }
            Some(_) => {}
        }
    }
    let lists: HashSet<&Id> = contents.packing_lists.iter().map(|list| &list.id).collect();
    let no_list_read = contents.packed.is_empty();
    for located in located
        .iter()
        .filter(|located| !located.is_packing_list && !first.contains_key(&located.id) && !lists.contains(&located.id))
    {
        if !no_list_read {
            let path = located.chunks.first().and_then(|chunk| chunk.path.as_deref());
            documents.findings.add(
                Code::AssetNotListed,
                path,
                "it is in the asset map but in no packing list, so it was not delivered",
            );
        }
        joined.push(assets::map_only(located, documents));
    }
    joined
}
