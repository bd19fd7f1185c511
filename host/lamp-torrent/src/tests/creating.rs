//! What a torrent is made of: order, pieces, edge cases, and what is refused.

use super::support::{World, noise, request};
use crate::create::{CreateRequest, FileDigest, LARGEST_PIECE_BYTES, piece_size_for};
use crate::{Metainfo, PieceDigest, Problem, TorrentError};
use lamp_files::{Control, FilesError};
use proptest::prelude::*;
use sha1::{Digest as _, Sha1};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use tokio_util::sync::CancellationToken;

const PIECE: usize = 16 << 10;

/// Digests of pieces the plain way: all files strung together in order of their paths.
fn plain(world: &World, paths: &[&str], piece: usize) -> Vec<PieceDigest> {
    let mut sorted = paths.to_vec();
    sorted.sort_unstable();
    let all: Vec<u8> = sorted.iter().flat_map(|path| std::fs::read(world.inside("P").join(path)).unwrap()).collect();
    all.chunks(piece).map(|part| Sha1::digest(part).into()).collect()
}

fn paths(metainfo: &Metainfo) -> Vec<&str> {
    metainfo.files.iter().map(|file| file.path.as_str()).collect()
}

#[test]
fn files_stand_in_the_order_of_their_paths_bytes() {
    let names = ["b", "a/z", "a-b/x", "a.txt", "A", ".hidden", "ä/ö", "a/b/c", "B", "e\u{301}", "\u{e9}"];
    let files: Vec<(&str, usize)> = names.iter().map(|name| (*name, 1_000)).collect();
    let world = World::with(&files);
    std::fs::create_dir_all(world.inside("P/empty/folder")).unwrap();
    let created = world.create().unwrap();
    let mut sorted = names.to_vec();
    sorted.sort_unstable();
    assert_eq!(paths(&created.metainfo), sorted);
    assert_eq!(created.metainfo.pieces, plain(&world, &names, PIECE));
    assert!(created.metainfo.private && !created.metainfo.single_file);
    assert_eq!(created.metainfo.name, "P");
}

#[test]
fn sizes_at_the_edges() {
    let cases: [&[(&str, usize)]; 9] = [
        &[("one", 1)],
        &[("exact", PIECE * 4)],
        &[("a", PIECE * 2), ("b", PIECE * 2)],
        &[("a", PIECE * 3), ("last", 0)],
        &[("a", PIECE + 1), ("middle", 0), ("z", 5)],
        &[("0", 0), ("1", 0), ("2", 1), ("3", 0)],
        &[("a", PIECE * 100 - 1), ("b", 2)],
        &[("a", PIECE * 64), ("b", PIECE * 64), ("c", 1)],
        &[("a", 10), ("b", PIECE * 40 + 7), ("c", 0), ("d", 3), ("e", PIECE * 17)],
    ];
    for files in cases {
        let world = World::with(files);
        let created = world.create().unwrap();
        let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
        assert_eq!(created.metainfo.pieces, plain(&world, &names, PIECE), "{files:?}");
        let total: usize = files.iter().map(|(_, size)| size).sum();
        assert_eq!(created.metainfo.total_bytes, total as u64);
        assert_eq!(Metainfo::read(&created.bytes).unwrap(), created.metainfo);
    }
}

#[test]
fn the_info_hash_tells_nothing_but_the_files() {
    let files = [("a/1", 40_000), ("b", 100)];
    let (here, there) = (World::with(&files), World::with(&files[..1]));
    there.put("P/b", &noise(1, 100));
    let other = CreateRequest {
        announce: Some("udp://tracker.example:10859".to_owned()),
        creation_date_s: Some(1_800_000_000),
        file_digests: true,
        ..request()
    };
    let (one, two) = (here.create().unwrap(), there.create_with(&other).unwrap());
    assert_eq!(one.metainfo.info, two.metainfo.info);
    assert_ne!(one.bytes, two.bytes);
    assert_eq!(two.metainfo.announce.as_deref(), Some("udp://tracker.example:10859"));
    assert_eq!(two.metainfo.creation_date_s, Some(1_800_000_000));
    there.put("P/b", &noise(2, 100));
    assert_ne!(there.create().unwrap().metainfo.info_hash, one.metainfo.info_hash);
}

#[test]
fn a_single_file_has_no_folder() {
    let world = World::with(&[("film.bin", PIECE + 5)]);
    let request = CreateRequest { path: "P/film.bin".to_owned(), name: "film.bin".to_owned(), ..request() };
    let created = world.create_with(&request).unwrap();
    assert!(created.metainfo.single_file);
    assert_eq!(paths(&created.metainfo), ["film.bin"]);
    assert_eq!(created.metainfo.pieces, plain(&world, &["film.bin"], PIECE));
}

#[test]
fn whole_files_are_hashed_in_the_same_reading() {
    let files = [("a", PIECE * 3 + 1), ("b", 0), ("c/d", 9 << 20), ("e", 0)];
    let world = World::with(&files);
    let created = world.create_with(&CreateRequest { file_digests: true, ..request() }).unwrap();
    assert_eq!(created.metainfo, world.create().unwrap().metainfo);
    let wanted: Vec<FileDigest> = files
        .iter()
        .map(|(path, _)| FileDigest {
            path: (*path).to_owned(),
            sha1_hex: hex::encode(Sha1::digest(std::fs::read(world.inside("P").join(path)).unwrap())),
        })
        .collect();
    assert_eq!(created.file_digests.unwrap(), wanted);
    assert_eq!(world.create().unwrap().file_digests, None);
}

#[test]
fn a_hundred_thousand_files() {
    let world = World::new();
    for folder in 0..100 {
        std::fs::create_dir_all(world.inside(&format!("P/{folder:02}"))).unwrap();
        for file in 0..1_000 {
            std::fs::write(world.inside(&format!("P/{folder:02}/{file:03}")), [folder as u8, (file % 251) as u8])
                .unwrap();
        }
    }
    let created = world.create().unwrap();
    assert_eq!(created.metainfo.files.len(), 100_000);
    let all: Vec<u8> =
        (0..100).flat_map(|folder| (0..1_000).flat_map(move |file| [folder as u8, (file % 251) as u8])).collect();
    let wanted: Vec<PieceDigest> = all.chunks(PIECE).map(|part| Sha1::digest(part).into()).collect();
    assert_eq!(created.metainfo.pieces, wanted);
}

#[test]
fn the_piece_size_follows_from_the_sum() {
    const MIB: u64 = 1 << 20;
    for (total, size) in [
        (1, 16 << 10),
        (40 * MIB, 32 << 10),
        (1_000_000_000, 512 << 10),
        (2_500 * MIB, MIB),
        (2_500 * MIB + 1, 2 * MIB),
        (42_000_000_000, 32 * MIB),
        (500_000_000_000, 32 * MIB),
    ] {
        assert_eq!(piece_size_for(total), size, "{total} bytes");
    }
    for gigabytes in 1..84 {
        let size = piece_size_for(gigabytes * 1_000_000_000);
        let pieces = (gigabytes * 1_000_000_000).div_ceil(size);
        assert!((1_000..=2_500).contains(&pieces), "{gigabytes} GB: {pieces} pieces of {size}");
    }
    let world = World::with(&[("a", 50 << 20)]);
    let chosen = world.create_with(&CreateRequest { piece_size: None, ..request() }).unwrap();
    assert_eq!(chosen.metainfo.piece_size, 32 << 10);
}

#[test]
fn what_cannot_be_shared_is_refused_by_name() {
    let refused = |prepare: &dyn Fn(&World)| {
        let world = World::with(&[("a", 10)]);
        prepare(&world);
        world.create().unwrap_err()
    };
    let link = refused(&|world| std::os::unix::fs::symlink("a", world.inside("P/link")).unwrap());
    assert!(matches!(&link, TorrentError::Link { path } if path == "link"), "{link}");
    let folder_link = refused(&|world| std::os::unix::fs::symlink(".", world.inside("P/loop")).unwrap());
    assert!(matches!(&folder_link, TorrentError::Link { path } if path == "loop"), "{folder_link}");
    let socket = refused(&|world| drop(std::os::unix::net::UnixListener::bind(world.inside("P/socket")).unwrap()));
    assert!(matches!(&socket, TorrentError::Special { path } if path == "socket"), "{socket}");
    let bytes = refused(&|world| {
        std::fs::create_dir(world.inside("P/sub")).unwrap();
        std::fs::write(world.inside("P/sub").join(OsStr::from_bytes(b"bad\xff")), b"x").unwrap();
    });
    assert!(matches!(&bytes, TorrentError::NotUtf8 { path } if path == "sub/bad\u{fffd}"), "{bytes}");
    for name in ["back\\slash", "line\nbreak", "...", ". ", "\u{feff}x"] {
        let error = refused(&|world| world.put(&format!("P/sub/{name}"), b"x"));
        assert!(matches!(&error, TorrentError::Unsuitable { problem: Problem::Name { .. }, .. }), "{name}: {error}");
    }
}

#[test]
fn nothing_to_share_and_wrong_arguments() {
    let world = World::with(&[("empty", 0)]);
    assert!(matches!(world.create(), Err(TorrentError::Empty)));
    let gone = world.create_with(&CreateRequest { path: "Q".to_owned(), ..request() });
    assert!(matches!(gone, Err(TorrentError::Files(FilesError::NotFound { .. }))));
    world.put("P/a", b"x");
    for size in [0, 1, 16_383, 16_385, 3 << 20, LARGEST_PIECE_BYTES * 2, u64::MAX] {
        let error = world.create_with(&CreateRequest { piece_size: Some(size), ..request() }).unwrap_err();
        assert!(matches!(&error, TorrentError::Field { field, .. } if field == "info.piece length"), "{error}");
    }
    for announce in ["", "tracker", "http://", "http:///announce", "ftp://a/b", "http://a b/", "http://a/\n"] {
        let error = world.create_with(&CreateRequest { announce: Some(announce.to_owned()), ..request() }).unwrap_err();
        assert!(matches!(&error, TorrentError::Field { field, .. } if field.starts_with("announce")), "{error}");
    }
    for name in ["", "..", "a/b", "a\0"] {
        let error = world.create_with(&CreateRequest { name: name.to_owned(), ..request() }).unwrap_err();
        assert!(matches!(&error, TorrentError::Field { field, .. } if field == "info.name"), "{error}");
    }
}

/// Changes the folder as soon as the first progress is told, which is before the last byte is read.
fn changed_by(change: impl Fn(&World) + Sync) -> TorrentError {
    let world = World::with(&[("a", 4_000), ("b", 4_000), ("z", 4_000)]);
    let request = CreateRequest { file_digests: true, ..request() };
    let cancel = CancellationToken::new();
    // The only checkpoint comes after the bytes are read and before the folder is looked at again.
    let checkpoint = |_: &_| change(&world);
    let control = Control { progress: &|_| {}, checkpoint: &checkpoint, cancel: &cancel };
    crate::create::run(&world.mounts, &request, None, &control).unwrap_err()
}

#[test]
fn a_change_meanwhile_is_refused_and_named() {
    type Change<'a> = &'a (dyn Fn(&World) + Sync);
    let cases: [(&str, &str, Change<'_>); 6] = [
        ("grown", "b", &|world| world.put("P/b", &[0; 4_001])),
        ("cut", "b", &|world| world.put("P/b", &[0; 3])),
        ("deleted", "b", &|world| std::fs::remove_file(world.inside("P/b")).unwrap()),
        ("new", "c", &|world| world.put("P/c", b"new")),
        ("new at the end", "zz", &|world| world.put("P/zz", b"new")),
        ("replaced by an equal one", "z", &|world| {
            world.put("P/y", &[0; 4_000]);
            std::fs::rename(world.inside("P/y"), world.inside("P/z")).unwrap();
        }),
    ];
    for (what, name, change) in cases {
        let error = changed_by(change);
        assert!(matches!(&error, TorrentError::Changed { path } if path == name), "{what}: {error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Any files give the pieces of their bytes strung together, in lanes or one by one.
    #[test]
    fn any_sizes(sizes in proptest::collection::vec(prop_oneof![Just(0), 1_usize..200, Just(PIECE), 1..30 * PIECE], 1..8)) {
        prop_assume!(sizes.iter().sum::<usize>() > 0);
        let names: Vec<String> = (0..sizes.len()).map(|number| format!("f{number}")).collect();
        let files: Vec<(&str, usize)> = names.iter().map(String::as_str).zip(sizes).collect();
        let world = World::with(&files);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let created = world.create().unwrap();
        prop_assert_eq!(created.metainfo.pieces, plain(&world, &names, PIECE));
    }
}
