//! Our torrents against other programs: `mktorrent`, Transmission and libtorrent must agree with us to the byte. A test
//! whose program is missing says so and tests nothing; `./x test` installs them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod folder;
mod programs;

use folder::{Folder, PIECE_BYTES};
use lamp_torrent::{Description, Metainfo};

/// Names in which the orders of bytes, of folders and of languages differ, and sizes at the borders of pieces. None differ
/// by capitals only: libtorrent renames such.
const TREE: [(&str, usize); 13] = [
    ("a-b/x", 100_000),
    ("a/x", 32_768),
    ("a/y/z", 1),
    ("a.txt", 0),
    ("D", 65_536),
    ("E/c", 32_767),
    ("b", 1_234_567),
    (".hidden", 77),
    ("sp ace/n'ame", 10),
    ("ä/ö", 31),
    ("e\u{301}", 5),
    ("z/deep/er/still/x", 40_000),
    ("zz", 0),
];

/// Trees for which every creator must come to the same pieces.
fn trees() -> Vec<Vec<(String, usize)>> {
    let own = |files: &[(&str, usize)]| files.iter().map(|(path, size)| ((*path).to_owned(), *size)).collect();
    let many = (0..2_000).map(|number| (format!("{:02}/{number:04}", number % 50), number * 7 % 300)).collect();
    vec![
        own(&TREE),
        own(&[("one", 1)]),
        own(&[("exact", PIECE_BYTES * 3)]),
        own(&[("a", PIECE_BYTES), ("b", PIECE_BYTES)]),
        own(&[("a", PIECE_BYTES * 40), ("last", 0)]),
        own(&[("a", PIECE_BYTES * 20 + 1), ("middle", 0), ("z", PIECE_BYTES * 20 - 1)]),
        many,
    ]
}

fn is_in_our_order(theirs: &Metainfo) -> bool {
    theirs.files.is_sorted_by(|left, right| left.path.as_bytes() <= right.path.as_bytes())
}

#[test]
fn mktorrent_makes_the_same_bytes() {
    for files in trees() {
        let folder = Folder::with(&files);
        let Some(theirs) = programs::mktorrent(&folder) else { return };
        assert!(is_in_our_order(&theirs), "mktorrent 1.1 orders files as we do");
        assert_eq!(folder.create().metainfo.info, theirs.info, "{} files", files.len());
    }
}

#[test]
fn transmission_makes_the_same_bytes_and_accepts_ours() {
    let mut compared = 0;
    for mut files in trees() {
        // Transmission leaves out empty and hidden files, and orders folders otherwise.
        files.retain(|(path, size)| *size > 0 && !path.starts_with('.'));
        let folder = Folder::with(&files);
        let Some(theirs) = programs::transmission_create(&folder) else { return };
        let ours = folder.create();
        if is_in_our_order(&theirs) {
            assert_eq!(ours.metainfo.info, theirs.info, "{} files", files.len());
            compared += 1;
        }
        let Some(shown) = programs::transmission_show(&folder.keep(&ours)) else { return };
        assert!(shown.contains(&format!("Hash: {}", ours.metainfo.info_hash)), "{shown}");
        assert!(shown.contains("Private torrent"), "{shown}");
    }
    assert!(compared >= 5, "only {compared} trees were in the same order and compared");
}

#[test]
fn libtorrent_accepts_ours_and_finds_every_piece_good() {
    for files in trees() {
        let folder = Folder::with(&files);
        let ours = folder.create();
        let Some(answer) = programs::libtorrent(&folder.keep(&ours), &folder) else { return };
        let description = Description::of(&ours.metainfo);
        let wanted =
            format!("{} {} {} good", ours.metainfo.info_hash, description.total_pieces, description.file_count);
        assert_eq!(answer.trim(), wanted);
    }
}
