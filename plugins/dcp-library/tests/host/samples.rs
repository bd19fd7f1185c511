//! Every package of the shared samples, as the running plugin lists it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::compare::{Headers, differences};
use super::house::{House, Server, seconds};
use super::shared::{self, samples};

/// Every answer file with its folder, relative to the samples.
fn cases(root: &Path) -> Vec<(String, Value)> {
    let relative = |folder: PathBuf| folder.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
    shared::cases(root).into_iter().map(|(folder, truth)| (relative(folder), truth)).collect()
}

pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            std::fs::write(&target, std::fs::read(&path).unwrap()).unwrap();
        }
    }
}

/// Asset map, packing lists and what they list: packages with the same ones are one package at several places.
fn content(truth: &Value) -> String {
    let lists: Vec<Value> = truth["pkls"].as_array().unwrap().iter().map(|pkl| pkl["assets"].clone()).collect();
    let asset = |asset: &Value| format!("{} {} {}", asset["id"], asset["size"], asset["hash"]);
    let assets: BTreeSet<String> = lists.iter().flat_map(|list| list.as_array().unwrap()).map(asset).collect();
    format!("{} {assets:?}", truth["assetmap"]["id"])
}

/// All rows, with the kind of package that is listed only when asked for.
fn all_rows(server: &Server, count: usize, imf: usize) -> Vec<Value> {
    let mut rows = server.packages(count - imf, seconds(30));
    assert!(rows.iter().all(|row| row["format"] != "imf"), "imf is listed only when asked for");
    let asked = server.list("/dcps?format=imf");
    assert_eq!(asked.len(), imf);
    rows.extend(asked);
    rows
}

fn details(server: &Server, rows: &[Value]) -> Vec<Value> {
    rows.iter().map(|row| server.json(&format!("/dcps/{}", row["id"].as_str().unwrap()))).collect()
}

fn lies_at(package: &Value, path: &str) -> bool {
    package["locations"].as_array().unwrap().iter().any(|place| place["path"] == path)
}

/// What the list says of a package.
fn compare_row(row: &Value, truth: &Value, context: &str) {
    assert_eq!(row["assetmap_uuid"], truth["assetmap"]["id"], "{context}");
    assert_eq!(row["total_size_bytes"], truth["totals"]["declared_bytes"], "{context}");
    assert_eq!(row["compositions"].as_u64().unwrap() as usize, truth["cpls"].as_array().unwrap().len(), "{context}");
    let cpls = truth["cpls"].as_array().unwrap();
    assert!(cpls.iter().any(|cpl| cpl["title"] == row["content_title"]), "{context}");
    assert!(cpls.iter().any(|cpl| cpl["kind"] == row["content_kind"]), "{context}");
    assert_eq!(row["format"], truth["format"], "{context}");
}

fn compare_all(detail: &Value, truth: &Value, context: &str) {
    // Leavings of operating systems are never looked at, so they are not told of as foreign either.
    let mut expected = truth.clone();
    expected["foreign_files"].as_array_mut().unwrap().retain(|file| file != "Thumbs.db");
    let found = differences(detail, &expected, Headers::AsNeeded);
    assert!(found.is_empty(), "{context}:\n{found}");
}

#[test]
pub fn samples_mounted_in_place_are_all_listed() {
    let Some(root) = samples() else { return };
    let cases = cases(&root);
    let house = House::with_mounts(&[("library", &root)]);
    let server = house.serve();
    let rows = all_rows(&server, cases.len(), 1);
    let details = details(&server, &rows);
    for (path, truth) in &cases {
        let at: Vec<usize> = (0..rows.len()).filter(|index| lies_at(&details[*index], path)).collect();
        let [at] = at[..] else { panic!("{path} is listed {} times", at.len()) };
        compare_row(&rows[at], truth, path);
        assert_eq!(rows[at]["path"], details[at]["path"], "{path}");
        if rows[at]["path"] == path.as_str() {
            assert_eq!(rows[at]["package_name"], truth["package"], "{path}");
            compare_all(&details[at], truth, path);
        }
    }
    let shown: BTreeSet<&str> = rows.iter().map(|row| row["path"].as_str().unwrap()).collect();
    assert_eq!(shown.len(), rows.len(), "a place is shown twice");
}

#[test]
fn copies_of_one_package_are_right_each_for_itself() {
    let Some(root) = samples() else { return };
    let mut rounds: Vec<Vec<(String, Value)>> = Vec::new();
    let mut copies: BTreeMap<String, usize> = BTreeMap::new();
    for (path, truth) in cases(&root) {
        let round = copies.entry(content(&truth)).or_default();
        rounds.resize_with(rounds.len().max(*round + 1), Vec::new);
        rounds[*round].push((path, truth));
        *round += 1;
    }
    assert!(rounds.len() > 5, "only {} rounds", rounds.len());
    for round in &rounds[1..] {
        let library = tempfile::tempdir().unwrap();
        for (path, _) in round {
            copy_folder(&root.join(path), &library.path().join(path));
        }
        let house = House::with_mounts(&[("library", library.path())]);
        let server = house.serve();
        let rows = all_rows(&server, round.len(), 0);
        for (path, truth) in round {
            let row = rows.iter().find(|row| row["path"] == path.as_str()).unwrap();
            compare_row(row, truth, path);
            compare_all(&server.json(&format!("/dcps/{}", row["id"].as_str().unwrap())), truth, path);
        }
    }
}

#[test]
pub fn a_version_file_and_its_original_know_each_other() {
    let Some(root) = samples() else { return };
    let house = House::with_mounts(&[("library", &root.join("derived/d23-ov-and-vf"))]);
    let server = house.serve();
    let rows = server.packages(2, seconds(20));
    let of_type = |wanted: &str| {
        let row = rows.iter().find(|row| row["package_type"] == wanted).unwrap();
        server.json(&format!("/dcps/{}", row["id"].as_str().unwrap()))
    };
    let (original, version) = (of_type("OV"), of_type("VF"));
    assert_eq!(version["links"]["originals"][0]["id"], original["id"]);
    assert_eq!(version["links"]["unresolved"].as_array().unwrap().len(), 0);
    assert_eq!(original["links"]["versions"][0]["id"], version["id"]);
    assert_eq!(version["compositions"][0]["external_asset_ids"], version["links"]["originals"][0]["asset_ids"]);
}

fn verified(folder: &str) -> Option<Value> {
    let root = samples()?;
    let house = House::with_mounts(&[("library", &root.join(folder))]);
    let server = house.serve();
    let rows = server.packages(1, seconds(20));
    Some(server.verify(rows[0]["id"].as_str().unwrap()))
}

fn states(package: &Value) -> Vec<&str> {
    package["assets"].as_array().unwrap().iter().map(|asset| asset["state"].as_str().unwrap()).collect()
}

#[test]
pub fn verification_finds_the_one_flipped_bit() {
    let Some(package) = verified("derived/d01-one-bit-flipped") else { return };
    let states = states(&package);
    assert_eq!(states.iter().filter(|state| **state == "corrupt").count(), 1, "{states:?}");
    assert_eq!(states.iter().filter(|state| **state == "ok").count(), states.len() - 1, "{states:?}");
    assert_eq!((&package["state"], &package["verified"]), (&"corrupt".into(), &"failed".into()));
    let corrupt = package["assets"].as_array().unwrap().iter().find(|asset| asset["state"] == "corrupt").unwrap();
    assert_eq!(corrupt["kind"], "sound");
    let finding = &package["findings"][0];
    assert_eq!((&finding["code"], &finding["file"]), (&"asset_damaged".into(), &corrupt["path"]), "{finding}");
}

#[test]
fn verification_passes_good_packages_and_chunked_files() {
    for folder in ["libdcp-history/2014-foo", "libdcp/dcp_test3", "derived/d19-chunks-one-volume"] {
        let Some(package) = verified(folder) else { return };
        assert!(states(&package).iter().all(|state| *state == "ok"), "{folder}: {:?}", states(&package));
        assert_eq!((&package["state"], &package["verified"]), (&"complete".into(), &"ok".into()), "{folder}");
        assert!(package["last_verified"].is_string(), "{folder}");
    }
}
