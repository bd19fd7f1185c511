//! Reads every package of the shared samples and compares the facts with what another reader found.
//! Says so and passes when the samples are not there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/compare.rs"]
mod compare;
#[path = "support/folder.rs"]
mod folder;
#[path = "support/samples.rs"]
mod shared;

use std::collections::BTreeSet;
use std::path::Path;

use compare::{compare_assets, compare_compositions, compare_header, compare_package};
use dcp_library::dcp::package::{Options, Package, TrackHeaders, read_packages};
use folder::FolderSource;
use shared::{cases, samples};

fn read(folder: &Path, options: &Options) -> (Package, FolderSource) {
    let source = FolderSource::open(folder);
    let mut packages = read_packages(&source, i64::MAX / 2, options);
    assert_eq!(packages.len(), 1, "{}", folder.display());
    (packages.remove(0), source)
}

#[test]
fn every_sample_has_the_facts_another_reader_found() {
    let Some(root) = samples() else { return };
    for (folder, truth) in cases(&root) {
        let (package, source) = read(&folder, &Options::default());
        let json = serde_json::to_value(&package).unwrap();
        let context = folder.strip_prefix(&root).unwrap().display().to_string();
        compare_package(&json, &truth, &context);
        compare_assets(&json, &truth, &context);
        compare_compositions(&json, &truth, &context);
        assert_eq!(serde_json::from_value::<Package>(json).unwrap(), package, "{context}: JSON round trip");
        assert!(source.read_paths().iter().all(|path| source.lists(path)), "{context}: read outside the listing");
    }
}

#[test]
fn every_track_header_is_read_as_another_reader_read_it() {
    let Some(root) = samples() else { return };
    let mut headers = 0;
    for (folder, truth) in cases(&root) {
        let assets = truth["cpls"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|cpl| cpl["reels"].as_array().unwrap())
            .flat_map(|reel| reel["assets"].as_array().unwrap());
        let (package, _) = read(&folder, &Options { track_headers: TrackHeaders::All, ..Options::default() });
        for asset in assets.filter(|asset| asset.get("mxf").is_some_and(|mxf| mxf.is_object())) {
            let path = package
                .assets
                .iter()
                .find(|ours| ours.id.to_string() == asset["id"])
                .and_then(|ours| ours.path.clone());
            let bytes = std::fs::read(folder.join(path.unwrap())).unwrap();
            headers += 1;
            compare_header(&bytes, &asset["mxf"]);
        }
    }
    assert!(headers > 20, "only {headers} headers compared");
}

#[test]
fn a_version_file_is_linked_with_its_original() {
    use dcp_library::dcp::link::relate;
    let Some(root) = samples() else { return };
    let (original, _) = read(&root.join("derived/d23-ov-and-vf/ov"), &Options::default());
    let (version, _) = read(&root.join("derived/d23-ov-and-vf/vf"), &Options::default());
    let links = relate(&version, [("ov", &original)]);
    assert_eq!(links.originals.keys().collect::<Vec<_>>(), [&"ov"]);
    assert!(links.unresolved.is_empty() && links.versions.is_empty());
    assert_eq!(relate(&original, [("vf", &version)]).versions.len(), 1);
    assert_ne!(original.key(), version.key());
}

#[test]
fn shared_and_repeated_assets_count_once() {
    let Some(root) = samples() else { return };
    let (package, _) = read(&root.join("derived/d22-two-compositions"), &Options::default());
    assert_eq!(package.compositions.len(), 2);
    assert!(
        package.compositions.iter().all(|composition| composition.complete && composition.missing_asset_ids.is_empty())
    );
    let distinct: BTreeSet<_> = package.assets.iter().map(|asset| &asset.id).collect();
    assert_eq!(distinct.len(), package.assets.len());
    assert_eq!(package.total_size_bytes, package.assets.iter().map(|asset| asset.size_bytes).sum::<u64>());
}

#[test]
fn single_documents_of_both_dialects_are_read_without_complaint_about_their_text() {
    use dcp_library::dcp::xml::{Document, decode};
    let Some(root) = samples() else { return };
    for folder in ["clairmeta-xml", "libdcp/cpl-single"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            let decoded = decode(&bytes).unwrap();
            let document = Document::parse(&decoded.text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let known = ["AssetMap", "PackingList", "CompositionPlaylist", "VolumeIndex"];
            assert!(known.contains(&document.root().name()), "{}", path.display());
        }
    }
}
