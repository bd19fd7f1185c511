//! Metainfo from hands that mean harm: each case is refused whole, with the field by name, and none panics.

use crate::{MAX_FILES, Metainfo, Problem, TorrentError};
use proptest::prelude::*;

/// A text in bencode.
fn text(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let bytes = bytes.as_ref();
    [format!("{}:", bytes.len()).as_bytes(), bytes].concat()
}

fn list(items: &[Vec<u8>]) -> Vec<u8> {
    [&b"l"[..], &items.concat(), b"e"].concat()
}

/// A dictionary; keys are put in order, so that only what is to be wrong is wrong.
fn dictionary(fields: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut fields = fields.to_vec();
    fields.sort_by_key(|(key, _)| *key);
    let fields: Vec<_> = fields.iter().map(|(key, value)| [text(key), value.clone()].concat()).collect();
    [&b"d"[..], &fields.concat(), b"e"].concat()
}

fn number(value: impl std::fmt::Display) -> Vec<u8> {
    format!("i{value}e").into_bytes()
}

/// The fields of a sound `info` of one file of 40,000 bytes, with others in place of some or in addition; an empty value
/// takes the field away.
fn info_with(other: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut fields = vec![
        ("length", number(40_000)),
        ("name", text("film")),
        ("piece length", number(16_384)),
        ("pieces", text([7; 60])),
    ];
    for (key, value) in other {
        fields.retain(|(known, _)| known != key);
        if !value.is_empty() {
            fields.push((key, value.clone()));
        }
    }
    dictionary(&fields)
}

fn torrent(info: Vec<u8>) -> Vec<u8> {
    dictionary(&[("info", info)])
}

/// A torrent of files that are 40,000 bytes in all: each with its path.
fn with_paths(paths: &[&[&[u8]]]) -> Vec<u8> {
    let file = |(number, path): (usize, &&[&[u8]])| {
        let size = if number == 0 { 40_000 } else { 0 };
        let names: Vec<Vec<u8>> = path.iter().map(text).collect();
        dictionary(&[("length", self::number(size)), ("path", list(&names))])
    };
    let files: Vec<Vec<u8>> = paths.iter().enumerate().map(file).collect();
    torrent(info_with(&[("length", vec![]), ("files", list(&files))]))
}

fn field_of(bytes: &[u8]) -> String {
    match Metainfo::read(bytes) {
        Err(TorrentError::Field { field, .. }) => field,
        Err(TorrentError::Bencode(_)) => "bencode".to_owned(),
        other => panic!("{:?}: {other:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(300)])),
    }
}

#[test]
fn a_sound_one_is_read() {
    let read = Metainfo::read(&torrent(info_with(&[]))).unwrap();
    assert_eq!((read.name.as_str(), read.total_bytes, read.pieces.len()), ("film", 40_000, 3));
    assert!(read.single_file && !read.private && !read.hybrid);
    let read = Metainfo::read(&with_paths(&[&[b"a", b"b"], &[b"a-b"], &[b"%2e%2e", b"c:d"], &[b"a.b"]])).unwrap();
    assert_eq!(read.files[2].path, "%2e%2e/c:d");
}

#[test]
fn paths() {
    let long = [b'x'; 256];
    let names: [&[u8]; 22] = [
        b"",
        b".",
        b"..",
        b"...",
        b".. ",
        b" ",
        b"/",
        b"/etc",
        b"a/b",
        b"../a",
        b"a\\b",
        b"..\\a",
        b"a\0",
        b"\0",
        b"a\nb",
        b"\x7f",
        b"\xc2\x85",
        b"\xff",
        b"\xef\xbb\xbf..",
        b"\xff\xfe.\0.\0",
        b"\xc0\xae\xc0\xae",
        &long,
    ];
    for name in names {
        assert_eq!(field_of(&with_paths(&[&[name]])), "info.files[0].path", "{name:?}");
        assert_eq!(field_of(&with_paths(&[&[b"ok"], &[b"a", name, b"b"]])), "info.files[1].path", "{name:?}");
        assert_eq!(field_of(&torrent(info_with(&[("name", text(name))]))), "info.name", "{name:?}");
    }
    assert_eq!(field_of(&with_paths(&[&[]])), "info.files[0].path (number of names)");
    assert_eq!(field_of(&with_paths(&[&[&b"a"[..]; 65]])), "info.files[0].path (number of names)");
    assert_eq!(field_of(&with_paths(&[&[&long[..200]; 21]])), "info.files[0].path (bytes)");
}

#[test]
fn paths_that_meet() {
    let problem = |paths: &[&[&[u8]]]| match Metainfo::read(&with_paths(paths)) {
        Err(TorrentError::Field { field, problem }) if field == "info.files" => problem,
        other => panic!("{other:?}"),
    };
    assert_eq!(problem(&[&[b"a"], &[b"b"], &[b"a"]]), Problem::Duplicate("a".to_owned()));
    assert_eq!(problem(&[&[b"a", b"b"], &[b"a-"], &[b"a"]]), Problem::FileIsFolder("a".to_owned()));
    assert_eq!(problem(&[&[b"a", b"b", b"c"], &[b"a ", b"b"], &[b"a", b"b"]]), Problem::FileIsFolder("a/b".to_owned()));
    let capitals = Metainfo::read(&with_paths(&[&[b"Reel"], &[b"reel"]])).unwrap();
    assert_eq!(capitals.case_collision(), Some(("Reel", "reel")));
}

#[test]
fn numbers() {
    let pieces = |size: &str| torrent(info_with(&[("piece length", number(size))]));
    for size in
        ["0", "1", "-1", "16383", "16385", "4294967295", "268435456", "18446744073709551616", "-9223372036854775808"]
    {
        assert_eq!(field_of(&pieces(size)), "info.piece length", "{size}");
    }
    for size in ["-1", "9223372036854775808", "18446744073709551615", "99999999999999999999999999", "4503599627370497"]
    {
        assert_eq!(field_of(&torrent(info_with(&[("length", number(size))]))), "info.length", "{size}");
    }
    assert_eq!(field_of(&torrent(info_with(&[("length", number(0))]))), "info (sum of the lengths)");
    for hashes in [0, 1, 20, 40, 59, 61, 80] {
        assert_eq!(field_of(&torrent(info_with(&[("pieces", text(vec![0; hashes]))]))), "info.pieces", "{hashes}");
    }
    let many = info_with(&[("length", number(1_u64 << 40))]);
    assert_eq!(field_of(&torrent(many)), "info (number of pieces)");
    let sums = |size: u64| {
        let file = |name: &str| dictionary(&[("length", number(size)), ("path", list(&[text(name)]))]);
        torrent(info_with(&[("length", vec![]), ("files", list(&[file("a"), file("b"), file("c")]))]))
    };
    assert_eq!(field_of(&sums(1 << 51)), "info (sum of the lengths)");
    assert_eq!(field_of(&torrent(info_with(&[("private", number(2))]))), "info.private");
    assert_eq!(field_of(&torrent(info_with(&[("length", vec![]), ("files", list(&[]))]))), "info (sum of the lengths)");
}

#[test]
fn too_much() {
    let file = dictionary(&[("length", number(1)), ("path", list(&[text("a")]))]);
    let files = [&b"l"[..], &file.repeat(MAX_FILES + 1), b"e"].concat();
    assert_eq!(field_of(&torrent(info_with(&[("length", vec![]), ("files", files)]))), "info.files (number of files)");
    assert_eq!(field_of(&vec![b'd'; crate::MAX_METAINFO_BYTES + 1]), "(whole file, bytes)");
    for opening in ["l", "d1:a"] {
        let deep = [opening.repeat(1_000_000), "e".repeat(1_000_000)].concat().into_bytes();
        assert_eq!(field_of(&dictionary(&[("a", deep)])), "bencode");
    }
    let trackers = list(&[list(&vec![text("http://a/"); 257])]);
    let outer = |key: &'static str, value| dictionary(&[("info", info_with(&[])), (key, value)]);
    assert_eq!(field_of(&outer("announce-list", trackers)), "announce-list");
    assert_eq!(field_of(&outer("comment", text(vec![b'x'; 70_000]))), "comment (bytes)");
    assert_eq!(field_of(&outer("announce", text(vec![b'x'; 3_000]))), "announce (bytes)");
}

#[test]
fn types_and_what_disagrees() {
    for (field, value) in [
        ("length", text("1")),
        ("name", number(1)),
        ("piece length", list(&[])),
        ("pieces", number(3)),
        ("private", text("1")),
        ("files", number(1)),
    ] {
        let length = if field == "files" { vec![] } else { number(40_000) };
        assert_eq!(field_of(&torrent(info_with(&[("length", length), (field, value)]))), format!("info.{field}"));
    }
    for field in ["length", "name", "piece length", "pieces"] {
        assert_eq!(field_of(&torrent(info_with(&[(field, vec![])]))), format!("info.{field}"), "missing");
    }
    let outer = |key: &'static str, value| field_of(&dictionary(&[("info", info_with(&[])), (key, value)]));
    assert_eq!(outer("announce", number(1)), "announce");
    assert_eq!(outer("announce", text("http://a/\r\nx")), "announce");
    assert_eq!(outer("announce-list", list(&[text("http://a/")])), "announce-list");
    assert_eq!(outer("creation date", number("99999999999999999999")), "creation date");
    assert_eq!(outer("encoding", text("UTF-7")), "encoding");
    assert_eq!(field_of(b"de"), "info");
    assert_eq!(field_of(b"le"), "(whole file)");
    assert_eq!(field_of(b""), "(whole file)");
    assert_eq!(field_of(b"d4:infoi1ee"), "info");
    let both =
        info_with(&[("files", list(&[dictionary(&[("length", number(40_000)), ("path", list(&[text("a")]))])]))]);
    assert_eq!(field_of(&torrent(both)), "info.length");
    assert_eq!(field_of(&torrent(info_with(&[("name.utf-8", text("other"))]))), "info.name.utf-8");
    for (key, value, field) in [
        ("path.utf-8", list(&[text("..")]), "info.files[0].path.utf-8"),
        ("path.utf-8", list(&[text("b")]), "info.files[0].path.utf-8"),
        ("attr", text("xl"), "info.files[0].attr"),
        ("symlink path", list(&[text("a")]), "info.files[0].symlink path"),
    ] {
        let file = dictionary(&[("length", number(40_000)), ("path", list(&[text("a")])), (key, value)]);
        assert_eq!(field_of(&torrent(info_with(&[("length", vec![]), ("files", list(&[file]))]))), field);
    }
}

#[test]
fn bencode_that_is_not_canonical() {
    let good = torrent(info_with(&[]));
    let as_text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    for (what, bytes) in [
        ("bytes behind the end", [&good[..], b"x"].concat()),
        ("a second value", [&good[..], b"i1e"].concat()),
        ("a line end", [&good[..], b"\n"].concat()),
        ("leading zero", as_text(&good).replace("i40000e", "i040000e").into_bytes()),
        ("minus zero", as_text(&good).replace("i40000e", "i-0e").into_bytes()),
        ("no digits", as_text(&good).replace("i40000e", "ie").into_bytes()),
        ("a plus sign", as_text(&good).replace("i40000e", "i+4e").into_bytes()),
        ("length with leading zero", as_text(&good).replace("4:name", "04:name").into_bytes()),
        ("length beyond the end", b"d4:info999999999999999999:".to_vec()),
        ("length beyond numbers", b"d4:info99999999999999999999999:".to_vec()),
        ("unsorted keys", b"d4:infode1:ai1ee".to_vec()),
        ("the same key twice", b"d4:infode4:infodee".to_vec()),
        ("unsorted keys in info", b"d4:infod1:bi1e1:ai1eee".to_vec()),
        ("a number as key", b"di1ei1ee".to_vec()),
        ("a key without value", b"d1:ae".to_vec()),
        ("an end at the beginning", b"e".to_vec()),
    ] {
        assert_eq!(field_of(&bytes), "bencode", "{what}");
    }
    for length in 1..good.len() {
        assert_eq!(field_of(&good[..length]), "bencode", "broken off after {length} bytes");
    }
}

#[test]
fn version_2() {
    let tree = dictionary(&[("a", dictionary(&[("", dictionary(&[("length", number(40_000))]))]))]);
    let half: [(&str, Vec<u8>); 2] = [("file tree", tree), ("meta version", number(2))];
    let alone = [half[0].clone(), half[1].clone(), ("pieces", vec![]), ("length", vec![])];
    assert_eq!(field_of(&torrent(info_with(&alone))), "info.meta version");
    assert!(Metainfo::read(&torrent(info_with(&half))).unwrap().hybrid);
}

#[test]
fn padding_is_not_a_file_on_a_disk() {
    let pad = |path: &str| {
        dictionary(&[("attr", text("p")), ("length", number(10_000)), ("path", list(&[text(".pad"), text(path)]))])
    };
    let file = |path: &str| dictionary(&[("length", number(10_000)), ("path", list(&[text(path)]))]);
    let files = list(&[file("a"), pad("10000"), file("b"), pad("10000")]);
    let read = Metainfo::read(&torrent(info_with(&[("length", vec![]), ("files", files)]))).unwrap();
    assert_eq!(read.files.iter().filter(|file| file.padding).count(), 2);
    let outside = list(&[file("a"), pad(".."), file("b"), pad("1")]);
    assert_eq!(field_of(&torrent(info_with(&[("length", vec![]), ("files", outside)]))), "info.files[1].path");
}

proptest! {
    /// Any bytes at all.
    #[test]
    fn noise_is_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Metainfo::read(&bytes).is_err());
    }

    /// A sound file with some bytes changed is refused, or is sound still.
    #[test]
    fn changed_bytes_never_break_the_rules(changes in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..6)) {
        let mut bytes = with_paths(&[&[b"a", b"b"], &[b"c"]]);
        for (place, byte) in changes {
            let place = usize::from(place) % bytes.len();
            bytes[place] = byte;
        }
        if let Ok(read) = Metainfo::read(&bytes) {
            prop_assert_eq!(read.pieces.len() as u64, read.total_bytes.div_ceil(read.piece_size));
            for file in &read.files {
                let sound = file.path.split('/').all(|name| !name.is_empty() && name != "." && name != "..");
                prop_assert!(sound, "{}", file.path);
            }
        }
    }
}
