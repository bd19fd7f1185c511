//! Where the assets of a draft lie: own volume, files, ids that stand twice.

use std::collections::HashMap;

use super::Draft;
use super::build::Context;
use crate::dcp::dialect::Dialect;
use crate::dcp::discover;
use crate::dcp::findings::Code;
use crate::dcp::package::assets::{self, Located, Place, Search};
use crate::dcp::package::documents::Documents;
use crate::dcp::source::FileEntry;
use crate::dcp::uuid::Id;
use crate::dcp::volume_index;

/// Volumes the package is spread over.
pub(super) fn volume_count(draft: &Draft<'_, '_>) -> u32 {
    draft.maps.iter().map(|(_, map)| map.volume_count).max().unwrap_or(1)
}

/// Which volume the folder is; only asked when the package has several.
pub(super) fn own_volume(context: &Context<'_>, draft: &mut Draft<'_, '_>) -> Option<u32> {
    let file = context.index.files().iter().find(|file| discover::is_volume_index(&file.path));
    let volume = match file {
        Some(file) if volume_count(draft) > 1 => {
            draft.documents.read(&[file], |root, _| volume_index::read(root)).flatten()
        }
        _ => None,
    };
    if file.is_none() && !draft.maps.is_empty() {
        draft.documents.findings.add(
            Code::VolumeIndexMissing,
            None,
            "there is no volume index; some servers ask for one",
        );
    }
    volume
}

/// A package of several volumes lacks one when an asset lies on a volume that is not here; all of
/// them in one folder is a whole package.
pub(super) fn check_volumes(located: &[Located<'_>], volume: Option<u32>, draft: &mut Draft<'_, '_>) {
    if located.iter().any(|located| located.place == Place::OtherVolume) {
        draft.documents.faults.absent = true;
        let (own, count) = (volume.unwrap_or(1), volume_count(draft));
        let message = format!("this is volume {own} of {count}; bring the others together with it");
        draft.documents.findings.add(Code::VolumeMissing, None, message);
    }
}

/// Finds the files of every asset of the maps, each id once.
pub(super) fn locate_all<'i>(context: &Context<'i>, draft: &mut Draft<'_, '_>, own_volume: u32) -> Vec<Located<'i>> {
    let mut all: Vec<Located<'i>> = Vec::new();
    let mut positions: HashMap<Id, usize> = HashMap::new();
    let several = draft.maps.len() > 1;
    for (file, map) in &draft.maps {
        check_map_file(file, map.dialect, &mut draft.documents);
        assets::check_path_limits(&map.assets, map.dialect, &file.path, &mut draft.documents);
        let search = Search { index: context.index, own_volume, map_file: &file.path };
        for asset in &map.assets {
            let located = assets::locate(asset, &search, &mut draft.documents);
            let known = positions.get(&asset.id).and_then(|position| all.get_mut(*position));
            match known {
                None => {
                    positions.insert(asset.id.clone(), all.len());
                    all.push(located);
                }
                Some(known) if several && known.chunks == located.chunks => {
                    known.is_packing_list |= located.is_packing_list
                }
                Some(known) => take_duplicate(known, located, &file.path, &mut draft.documents),
            }
        }
    }
    all
}

fn check_map_file(file: &FileEntry, dialect: Option<Dialect>, documents: &mut Documents<'_>) {
    let named = Dialect::of_file_name(&file.path);
    if let Some(dialect) = dialect.filter(|dialect| *dialect != named) {
        let message = format!("the name is the one {} uses, the content is {}", named.label(), dialect.label());
        documents.findings.add(Code::FileNameDialect, Some(&file.path), message);
    }
}

/// The same id again: harmless with the same path, else the first whose file is here counts.
fn take_duplicate<'i>(known: &mut Located<'i>, located: Located<'i>, map_file: &str, documents: &mut Documents<'_>) {
    known.is_packing_list |= located.is_packing_list;
    if known.chunks == located.chunks {
        documents.findings.add(Code::IdRepeated, Some(map_file), format!("{} is in the asset map twice", known.id));
        return;
    }
    let message = format!("{} stands for different files in the asset map; the first that is here counts", known.id);
    documents.findings.add(Code::DuplicateId, Some(map_file), message);
    if known.place != Place::Here && located.place == Place::Here {
        let is_packing_list = known.is_packing_list;
        *known = Located { is_packing_list, ..located };
    }
}
