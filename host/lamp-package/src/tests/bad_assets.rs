//! Archives that try to get out, to fill the disk, or to be two things at once.

use super::*;
use crate::assets::{check_path, pack, unpack};
use proptest::prelude::*;

/// A tar entry of any path and kind: the header is written byte by byte, since `tar` refuses to.
fn entry(path: &str, kind: tar::EntryType, content: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
    header.set_entry_type(kind);
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend_from_slice(content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

fn archive(entries: &[Vec<u8>]) -> Vec<u8> {
    let mut tar = entries.concat();
    tar.extend_from_slice(&[0; 1_024]);
    zstd::encode_all(tar.as_slice(), 1).unwrap()
}

const ESCAPES: &[&str] = &[
    "../x",
    "a/../../x",
    "/etc/passwd",
    "//x",
    "a//b",
    "./a",
    "a/.",
    "a/..",
    "..",
    ".",
    "a/",
    "C:\\x",
    "C:/x",
    "c:x",
    "a\\b",
    "\\\\server\\x",
    "~/x",
    ".ssh/x",
    "a/.git",
    "a b",
    "a\nb",
    "a\u{1}b",
    "ä",
    "a%2e%2e",
    "a:b",
    "a|b",
    "a*b",
    "a.",
    "con",
    "aux.js",
    "a/LPT1",
    "NUL.txt",
    "$HOME",
];

#[test]
fn paths_that_leave_the_folder_or_hide_are_refused() {
    for path in ESCAPES {
        assert!(check_path(path).is_err(), "{path}");
        let packed = archive(&[entry(path, tar::EntryType::Regular, b"x")]);
        assert!(unpack(&packed).is_err(), "{path}");
        assert!(pack(&[((*path).to_owned(), vec![])].into()).is_err(), "{path}");
    }
    assert!(check_path("").is_err());
    assert!(check_path(&"a".repeat(201)).is_err());
    assert!(check_path("a/a/a/a/a/a/a/a/a/a/a").is_err(), "eleven deep");
}

#[test]
fn paths_as_bundlers_write_them_are_taken() {
    for path in [
        "ui/index.js",
        "ui/assets/index-B3f_k9-x.css",
        "migrations/0001_things.sql",
        "README.md",
        "a@2x.png",
        "console.js",
        "com10",
    ] {
        check_path(path).unwrap();
    }
}

#[test]
fn a_long_path_survives_the_way_through_the_archive() {
    let path = format!("{}/{}", "a".repeat(99), "b".repeat(90));
    let one: BTreeMap<String, Vec<u8>> = [(path, b"x".to_vec())].into();
    assert_eq!(unpack(&pack(&one).unwrap()).unwrap(), one);
}

#[test]
fn only_plain_files_are_taken() {
    use tar::EntryType as Kind;
    for kind in [
        Kind::Link,
        Kind::Symlink,
        Kind::Char,
        Kind::Block,
        Kind::Directory,
        Kind::Fifo,
        Kind::Continuous,
        Kind::GNULongName,
        Kind::GNULongLink,
        Kind::GNUSparse,
        Kind::XGlobalHeader,
        Kind::XHeader,
    ] {
        let packed = archive(&[entry("a", kind, b""), entry("b", Kind::Regular, b"x")]);
        assert!(matches!(unpack(&packed), Err(PackageError::Asset { .. })), "{kind:?}");
    }
}

#[test]
fn repeated_and_colliding_paths_are_refused() {
    let file = |path: &str| entry(path, tar::EntryType::Regular, b"x");
    for paths in [["a.js", "a.js"], ["a.js", "A.js"], ["a", "a/b"], ["A", "a/b"], ["a/b", "a/b/c"]] {
        assert!(matches!(unpack(&archive(&paths.map(file))), Err(PackageError::Asset { .. })), "{paths:?}");
    }
    unpack(&archive(&["a-b", "a/b"].map(file))).unwrap();
}

#[test]
fn bombs_are_refused_at_the_limit() {
    let zeroes = |mib: usize| archive(&[entry("zero", tar::EntryType::Regular, &vec![0; mib << 20])]);
    assert_eq!(unpack(&zeroes(2)).unwrap()["zero"].len(), 2 << 20);
    assert!(matches!(unpack(&zeroes(40)), Err(PackageError::Assets(_))), "ratio");
    let many: Vec<Vec<u8>> =
        (0..=MAX_ASSETS).map(|n| entry(&format!("f{n}"), tar::EntryType::Regular, &[n as u8; 9])).collect();
    assert!(matches!(unpack(&archive(&many)), Err(PackageError::Assets(_))), "number");
    assert_eq!(unpack(&archive(&many[1..])).unwrap().len(), MAX_ASSETS);
    let large: BTreeMap<String, Vec<u8>> = [("a".to_owned(), vec![1; MAX_ASSET_BYTES + 1])].into();
    assert!(matches!(pack(&large), Err(PackageError::Assets(_))), "size");
}

#[test]
fn cut_archives_are_refused() {
    let mut tar = entry("a", tar::EntryType::Regular, &[1; 2_000]);
    tar.truncate(1_000);
    assert!(unpack(&zstd::encode_all(tar.as_slice(), 1).unwrap()).is_err());
    let whole = pack(&assets()).unwrap();
    for cut in 1..whole.len() {
        assert!(unpack(&whole[..cut]).is_err(), "cut at {cut}");
    }
}

proptest! {
    // Long enough that no name is one of a device, such as `nul` or `com1`.
    #[test]
    fn any_good_assets_come_back(files in proptest::collection::btree_map("[a-z]{5,8}/[a-z0-9_@+-]{5,12}\\.js", proptest::collection::vec(any::<u8>(), 0..600), 0..12)) {
        prop_assert_eq!(unpack(&pack(&files).unwrap()).unwrap(), files);
    }

    #[test]
    fn damaged_archives_never_panic_and_keep_only_clean_paths(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let mut tar = [entry("a.js", tar::EntryType::Regular, b"one"), entry("b/c.css", tar::EntryType::Regular, &[2; 700])].concat();
        for (at, value) in changes {
            let at = at.index(tar.len());
            tar[at] = value;
        }
        if let Ok(files) = unpack(&zstd::encode_all(tar.as_slice(), 1).unwrap()) {
            for path in files.keys() {
                prop_assert!(check_path(path).is_ok());
            }
        }
    }

    #[test]
    fn a_path_that_is_taken_stays_below_its_folder(path in "[a-zA-Z0-9./_\\\\:-]{1,24}") {
        if check_path(&path).is_ok() {
            use std::path::{Component, Path};
            prop_assert!(Path::new(&path).components().all(|part| matches!(part, Component::Normal(_))));
        }
    }
}
