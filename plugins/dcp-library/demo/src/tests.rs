//! What was written is what the packing lists say, but for the one that is damaged and the one that is incomplete.

use crate::{bulk, package::hash, showcase};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn texts<'a>(xml: &'a str, name: &str) -> Vec<&'a str> {
    xml.split(&format!("<{name}>")).skip(1).map(|rest| rest.split('<').next().unwrap()).collect()
}

/// Every asset of a packing list: path to "ok", "missing", "size" or "hash".
fn verdicts(package: &Path) -> BTreeMap<String, &'static str> {
    let list = files(package)
        .into_iter()
        .find(|path| path.file_name().unwrap().to_string_lossy().starts_with("PKL_"))
        .unwrap();
    let xml = fs::read_to_string(list).unwrap();
    let assets = texts(&xml, "OriginalFileName").into_iter().zip(texts(&xml, "Hash")).zip(texts(&xml, "Size"));
    assets
        .map(|((path, expected), size)| {
            let verdict = match fs::read(package.join(path)) {
                Err(_) => "missing",
                Ok(bytes) if bytes.len().to_string() != size => "size",
                Ok(bytes) if hash(&bytes) != expected => "hash",
                Ok(_) => "ok",
            };
            (path.to_owned(), verdict)
        })
        .collect()
}

#[test]
fn the_show_case_has_one_damaged_and_one_incomplete_package() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(showcase::write(folder.path(), 1).unwrap(), 24);
    let mut faults = Vec::new();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let package = entry.unwrap().path();
        let name = package.file_name().unwrap().to_string_lossy().into_owned();
        let film = name.split('_').next().unwrap().to_owned();
        for (path, verdict) in verdicts(&package) {
            if verdict != "ok" {
                faults.push((film.clone(), path[..3].to_owned(), verdict));
            }
        }
    }
    faults.sort();
    let expected = [("BrokenMirrors", "pcm", "hash"), ("HalfOfTheMoon", "j2c", "missing")];
    assert_eq!(faults, expected.map(|(film, part, verdict)| (film.to_owned(), part.to_owned(), verdict)));
}

#[test]
fn a_version_names_parts_of_its_original_only() {
    let folder = tempfile::tempdir().unwrap();
    showcase::write(folder.path(), 1).unwrap();
    let text_of = |start: &str, kind: &str| {
        let all = files(folder.path()).into_iter();
        let mut found =
            all.filter(|path| path.to_string_lossy().contains(start) && path.to_string_lossy().contains(kind));
        fs::read_to_string(found.next().unwrap()).unwrap()
    };
    let version = text_of("LanternHill_FTR-1_S_EN-FR", "CPL_");
    let own = text_of("LanternHill_FTR-1_S_EN-FR", "ASSETMAP");
    let original = text_of("LanternHill_FTR-1_S_EN-XX", "ASSETMAP");
    let ids = texts(&version, "Id");
    let foreign: Vec<&&str> = ids.iter().filter(|id| original.contains(**id)).collect();
    assert_eq!(foreign.len(), 6, "three reels of picture and sound");
    assert!(foreign.iter().all(|id| !own.contains(**id)));
    assert_eq!(version.matches("<MainSubtitle>").count(), 3);
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let [one, two, three] = [1, 1, 2].map(|seed| {
        let folder = tempfile::tempdir().unwrap();
        showcase::write(folder.path(), seed).unwrap();
        let all = files(folder.path()).into_iter();
        all.map(|path| (path.strip_prefix(folder.path()).unwrap().to_owned(), fs::read(path).unwrap()))
            .collect::<Vec<_>>()
    });
    assert!(one == two);
    assert!(one != three);
}

#[test]
fn track_files_say_their_id_in_the_source_package() {
    let folder = tempfile::tempdir().unwrap();
    showcase::write(folder.path(), 1).unwrap();
    for path in files(folder.path()).into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "mxf")) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let id = uuid::Uuid::parse_str(name.rsplit('_').next().unwrap()).unwrap();
        let bytes = fs::read(&path).unwrap();
        let source = bytes
            .windows(15)
            .position(|key| key[..8] == [6, 0x0e, 0x2b, 0x34, 2, 0x53, 1, 1] && key[14] == 0x37)
            .unwrap();
        assert_eq!(&bytes[source + 16 + 4 + 4 + 16..][..16], id.as_bytes(), "{name}");
    }
}

#[test]
fn bulk_packages_are_good_and_about_eight_kib_of_xml() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(bulk::write(folder.path(), 12, bulk::REELS, 1).unwrap(), 12);
    for entry in fs::read_dir(folder.path().join("000")).unwrap() {
        let package = entry.unwrap().path();
        let verdicts = verdicts(&package);
        assert!(verdicts.len() == 7 && verdicts.values().all(|verdict| *verdict == "ok"), "{verdicts:?}");
        let is_xml = |path: &PathBuf| path.extension().is_none_or(|ending| ending == "xml");
        let xml: u64 =
            files(&package).iter().filter(|path| is_xml(path)).map(|path| path.metadata().unwrap().len()).sum();
        assert!((6_000..12_000).contains(&xml), "{xml} bytes");
    }
}
