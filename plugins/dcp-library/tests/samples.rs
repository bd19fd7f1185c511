//! Reads every package of the shared samples and compares the facts with what another reader found, field by field.
//! Says so and passes when the samples are not there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/compare.rs"]
mod compare;
#[path = "support/folder.rs"]
mod folder;
#[path = "support/samples.rs"]
mod shared;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest as _, Sha1};

use compare::{Headers, differences};
use dcp_library::dcp::package::{Asset, Options, Package, TrackHeaders, read_packages};
use folder::FolderSource;
use shared::{cases, samples};

fn read(folder: &Path, options: &Options) -> (Package, FolderSource) {
    let source = FolderSource::open(folder);
    let mut packages = read_packages(&source, i64::MAX / 2, options);
    assert_eq!(packages.len(), 1, "{}", folder.display());
    (packages.remove(0), source)
}

/// Reads every sample and fails with the differences of all of them.
fn compare_all(options: &Options, headers: Headers) {
    let Some(root) = samples() else { return };
    let mut faults = String::new();
    for (folder, truth) in cases(&root) {
        let (package, source) = read(&folder, options);
        let json = serde_json::to_value(&package).unwrap();
        let mut found = differences(&json, &truth, headers);
        found.same("package", "", &json["package_name"], &truth["package"]);
        found.same("totals.folder_bytes", "", &source.size_bytes().into(), &truth["totals"]["folder_bytes"]);
        found.hold("JSON", "", serde_json::from_value::<Package>(json).unwrap() == package, "it reads back the same");
        let outside = source.read_paths().iter().any(|path| !source.lists(path));
        found.hold("reads", "", !outside, "only listed files are read");
        if !found.is_empty() {
            writeln!(faults, "{}:\n{found}", folder.strip_prefix(&root).unwrap().display()).unwrap();
        }
    }
    assert!(faults.is_empty(), "facts differ\n{faults}");
}

#[test]
fn every_sample_has_the_facts_another_reader_found() {
    compare_all(&Options::default(), Headers::AsNeeded);
}

#[test]
fn every_track_header_is_read_as_another_reader_read_it() {
    compare_all(&Options { track_headers: TrackHeaders::All, ..Options::default() }, Headers::All);
}

/// The verdict on an asset whose files are here: its pieces joined in our order, against the packing list's hash.
fn verdict(folder: &Path, asset: &Asset) -> (&'static str, Option<String>) {
    let mut hasher = Sha1::new();
    for chunk in &asset.chunks {
        match chunk.path.as_ref().map(|path| std::fs::read(folder.join(path))) {
            Some(Ok(bytes)) => hasher.update(bytes),
            _ => return ("missing", None),
        }
    }
    let hash = STANDARD.encode(hasher.finalize());
    (if asset.pkl_hash.as_ref() == Some(&hash) { "ok" } else { "hash_mismatch" }, Some(hash))
}

#[test]
fn every_asset_hashes_to_the_verdict_another_reader_gave() {
    let Some(root) = samples() else { return };
    let (mut faults, mut verdicts) = (String::new(), BTreeMap::<&str, usize>::new());
    for (folder, truth) in cases(&root) {
        let (package, _) = read(&folder, &Options::default());
        for expected in truth["pkls"].as_array().unwrap().iter().flat_map(|pkl| pkl["assets"].as_array().unwrap()) {
            let ours = package.assets.iter().find(|asset| asset.id.to_string() == expected["id"]).unwrap();
            let (verdict, hash) = verdict(&folder, ours);
            *verdicts.entry(verdict).or_default() += 1;
            if verdict != expected["verdict"] || hash.as_deref() != expected["actual_hash"].as_str() {
                writeln!(faults, "{}: {} is {verdict}: {expected}", folder.display(), ours.id).unwrap();
            }
        }
    }
    assert!(faults.is_empty(), "verdicts differ\n{faults}");
    assert!(verdicts["ok"] > 70 && verdicts["hash_mismatch"] == 1 && verdicts["missing"] > 20, "{verdicts:?}");
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
