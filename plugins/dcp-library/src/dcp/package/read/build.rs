//! From asset maps to finished packages: locate, read the documents, join, judge.

use std::collections::{HashMap, HashSet};

use super::Draft;
use super::contents::{Contents, join_assets, read_documents};
use super::judge::{count_files, describe, judge, note_foreign, note_whole};
use super::place::{check_volumes, locate_all, own_volume, volume_count};
use crate::dcp::composition::{self, Composition, Encryption, ReelAsset, Role};
use crate::dcp::dialect::{Dialect, Format};
use crate::dcp::discover;
use crate::dcp::findings::Code;
use crate::dcp::kind::AssetKind;
use crate::dcp::package::assets::Located;
use crate::dcp::package::documents::Documents;
use crate::dcp::package::tracks::Tracks;
use crate::dcp::package::{Asset, Options, Package, State};
use crate::dcp::packing_list::{PackedAsset, hash_bytes};
use crate::dcp::path::FileIndex;
use crate::dcp::report::Report;
use crate::dcp::uuid::Id;

/// What building needs beside the drafts.
pub(super) struct Context<'c> {
    pub index: &'c FileIndex,
    pub now_ms: i64,
    pub options: &'c Options,
}

/// Finishes all packages of one folder.
pub(super) fn build(context: &Context<'_>, drafts: Vec<Draft<'_, '_>>) -> Vec<Package> {
    let mut placed = Vec::with_capacity(drafts.len());
    for mut draft in drafts {
        let volume = own_volume(context, &mut draft);
        let located = locate_all(context, &mut draft, volume.unwrap_or(1));
        check_volumes(&located, volume, &mut draft);
        placed.push((draft, volume, located));
    }
    let mut own: HashSet<&str> =
        context.index.files().iter().map(|file| file.path.as_str()).filter(|path| is_root_file(path)).collect();
    own.extend(
        placed
            .iter()
            .flat_map(|(_, _, located)| located)
            .flat_map(|located| &located.files)
            .map(|file| file.path.as_str()),
    );
    let foreign: Vec<&str> =
        context.index.files().iter().map(|file| file.path.as_str()).filter(|path| !own.contains(path)).collect();
    placed
        .into_iter()
        .map(|(draft, volume, located)| {
            let foreign = if draft.maps.is_empty() { &[][..] } else { &foreign };
            finish(context, draft, volume, &located, foreign)
        })
        .collect()
}

/// A package about which nothing is known but its name.
pub(super) fn blank(name: &str) -> Package {
    Package {
        assetmap_uuid: None,
        package_name: name.to_owned(),
        annotation: None,
        content_title: None,
        content_kind: None,
        issue_date: None,
        issuer: None,
        creator: None,
        volume_count: 1,
        volume_index: None,
        total_size_bytes: 0,
        present_size_bytes: 0,
        file_count: 0,
        format: None,
        state: State::Corrupt,
        compositions: Vec::new(),
        assets: Vec::new(),
        packing_lists: Vec::new(),
        findings: Vec::new(),
        foreign_files: Vec::new(),
        newest_modified_ms: None,
        recheck_at_ms: None,
    }
}

/// Asset maps and volume indexes at the root.
pub(super) fn is_root_file(path: &str) -> bool {
    discover::is_asset_map(path) || discover::is_volume_index(path)
}

fn finish(
    context: &Context<'_>,
    draft: Draft<'_, '_>,
    volume: Option<u32>,
    located: &[Located<'_>],
    foreign: &[&str],
) -> Package {
    let volume_count = volume_count(&draft);
    let Draft { maps, mut documents } = draft;
    let fallback = maps
        .first()
        .map_or(Dialect::Smpte, |(file, map)| map.dialect.unwrap_or_else(|| Dialect::of_file_name(&file.path)));
    let by_id: HashMap<&Id, &Located<'_>> = located.iter().map(|located| (&located.id, located)).collect();
    let mut contents = read_documents(located, fallback, &mut documents);
    let mut package = blank(documents.source.name());
    (package.volume_count, package.volume_index) = (volume_count, volume);
    package.assets = join_assets(&contents, located, &by_id, &mut documents);
    draw_facts(context, &mut package, &mut contents, &by_id, &mut documents);
    package.format = Format::of(
        maps.iter()
            .map(|(_, map)| map.dialect.unwrap_or(fallback))
            .chain(contents.packing_lists.iter().filter_map(|list| list.standard))
            .chain(contents.compositions.iter().map(|composition| composition.standard)),
    );
    package.compositions = contents.compositions;
    package.packing_lists = contents.packing_lists;
    describe(&mut package, maps.first().map(|(_, map)| map));
    package.file_count = count_files(context, located, !maps.is_empty());
    note_foreign(&mut package, foreign, &mut documents);
    note_whole(&package, !maps.is_empty(), &mut documents);
    judge(context, &mut package, &mut documents);
    package.findings = documents.findings.into_list();
    package
}

/// Reads track headers, fills the compositions, tells the kinds of assets, compares hashes.
fn draw_facts(
    context: &Context<'_>,
    package: &mut Package,
    contents: &mut Contents,
    by_id: &HashMap<&Id, &Located<'_>>,
    documents: &mut Documents<'_>,
) {
    // Without any packing list the asset map is all there is to resolve against.
    let listed_count = if contents.packed.is_empty() { package.assets.len() } else { distinct(&contents.packed) };
    let listed = package.assets.get(..listed_count).unwrap_or_default();
    package.total_size_bytes = listed.iter().fold(0, |sum, asset| asset.size_bytes.saturating_add(sum));
    package.present_size_bytes = listed.iter().filter_map(|asset| asset.actual_size_bytes).fold(0, u64::saturating_add);
    let mut tracks = Tracks::new(listed);
    tracks.read(&contents.compositions, by_id, context.options.track_headers, documents);
    for composition in &mut contents.compositions {
        composition::draw_facts(composition, &tracks);
        let file = composition.file.clone();
        composition::check(composition, &mut Report { file: &file, findings: &mut documents.findings });
    }
    check_signatures(contents, documents);
    let mut headers = tracks.headers;
    for asset in &mut package.assets {
        asset.track = headers.remove(&asset.id).map(Box::new);
        if asset.kind == AssetKind::Other && contents.subtitle_ids.contains(&asset.id) {
            asset.kind = AssetKind::Subtitle;
        }
    }
    tell_uses(&mut package.assets, &contents.compositions, documents);
}

fn check_signatures(contents: &Contents, documents: &mut Documents<'_>) {
    let unsigned = contents.packing_lists.iter().find(|list| !list.signed && list.file.is_some());
    if let Some(list) = unsigned
        && contents.compositions.iter().any(|composition| composition.encryption != Encryption::None)
    {
        documents.findings.add(
            Code::EncryptedUnsigned,
            list.file.as_deref(),
            "the package is encrypted but its packing list is not signed",
        );
    }
}

fn distinct(packed: &[(PackedAsset, Option<String>)]) -> usize {
    packed.iter().map(|(asset, _)| &asset.id).collect::<HashSet<_>>().len()
}

/// What the compositions say of an asset.
struct Use<'c> {
    kind: AssetKind,
    track: Option<&'c ReelAsset>,
    file: &'c str,
}

/// Tells what each asset is played as, its key and language, and compares hashes. Of several uses the last counts.
fn tell_uses(assets: &mut [Asset], compositions: &[Composition], documents: &mut Documents<'_>) {
    let mut used: HashMap<&Id, Use<'_>> = HashMap::new();
    for composition in compositions {
        let file = composition.file.as_str();
        used.insert(&composition.id, Use { kind: AssetKind::Composition, track: None, file });
        for asset in composition.reels.iter().flat_map(|reel| &reel.assets) {
            if let Some(kind) = kind_of(asset.role) {
                used.insert(&asset.id, Use { kind, track: Some(asset), file });
            }
        }
    }
    for asset in assets {
        let Some(Use { kind, track, file }) = used.get(&asset.id) else {
            continue;
        };
        asset.kind = *kind;
        asset.key_id = track.and_then(|track| track.key_id.clone());
        asset.language = track.and_then(|track| track.language.clone());
        if let (Some(stated), Some(listed)) = (
            track.and_then(|track| track.hash.as_deref()).and_then(hash_bytes),
            asset.pkl_hash.as_deref().and_then(hash_bytes),
        ) && stated != listed
        {
            let message = format!("its hash for {} is not the packing list's; the packing list counts", asset.id);
            documents.findings.add(Code::HashDiffers, Some(file), message);
        }
    }
}

fn kind_of(role: Role) -> Option<AssetKind> {
    match role {
        Role::Picture => Some(AssetKind::Picture),
        Role::Sound => Some(AssetKind::Sound),
        Role::Subtitle => Some(AssetKind::Subtitle),
        Role::ClosedCaption => Some(AssetKind::ClosedCaption),
        Role::Auxiliary | Role::Other => Some(AssetKind::Auxiliary),
        Role::Markers | Role::Metadata => None,
    }
}
