//! Facts about finding files, and that nothing leaves the root.

use proptest::prelude::*;

use super::*;

fn index(paths: &[&str]) -> FileIndex {
    let entry = |path: &&str| FileEntry { path: (*path).to_owned(), size_bytes: 1, modified_ms: 0 };
    FileIndex::new(paths.iter().map(entry).collect())
}

fn found(index: &FileIndex, written: &str) -> Option<(String, bool)> {
    match index.resolve(written) {
        Resolution::Found { file, case_differs } => Some((file.path.clone(), case_differs)),
        _ => None,
    }
}

#[test]
fn every_step_finds_its_file() {
    let files = index(&[
        "video.mxf",
        "MXF/a.mxf",
        "a b #1.mxf",
        "100%25.mxf",
        "100%.mxf",
        "caf\u{e9}.mxf",
        "e\u{301}t\u{e9}.mxf",
        "Mixed.MXF",
        "ST:1.mxf",
    ]);
    for (written, path, case_differs) in [
        (" video.mxf\n", "video.mxf", false),
        ("file:///video.mxf", "video.mxf", false),
        ("file://video.mxf", "video.mxf", false),
        ("FILE:/video.mxf", "video.mxf", false),
        ("./MXF//sub/../a.mxf", "MXF/a.mxf", false),
        ("MXF\\a.mxf", "MXF/a.mxf", false),
        ("a%20b%20%231.mxf", "a b #1.mxf", false),
        ("100%25.mxf", "100%25.mxf", false),
        ("100%.mxf", "100%.mxf", false),
        ("cafe\u{301}.mxf", "caf\u{e9}.mxf", false),
        ("\u{e9}te\u{301}.mxf", "e\u{301}t\u{e9}.mxf", false),
        ("caf%C3%A9.mxf", "caf\u{e9}.mxf", false),
        ("mixed.mxf", "Mixed.MXF", true),
        ("mxf/A.mxf", "MXF/a.mxf", true),
        ("ST:1.mxf", "ST:1.mxf", false),
    ] {
        assert_eq!(found(&files, written), Some((path.to_owned(), case_differs)), "{written}");
    }
}

#[test]
fn an_ambiguous_match_without_case_is_no_match() {
    let files = index(&["Track.mxf", "TRACK.mxf"]);
    assert_eq!(files.resolve("track.mxf"), Resolution::Missing { expected: "track.mxf".into() });
}

#[test]
fn whatever_leaves_the_root_is_refused() {
    let files = index(&["etc/passwd", "x.mxf", "passwd"]);
    for written in [
        "../x.mxf",
        "a/../../x.mxf",
        "/etc/passwd",
        "//etc/passwd",
        "..",
        "C:\\x.mxf",
        "c:/x.mxf",
        "C:x.mxf",
        "\\\\server\\x.mxf",
        "\\x.mxf",
        "..\\x.mxf",
        "%2e%2e/x.mxf",
        "%2E%2E%2Fx.mxf",
        "%2fetc/passwd",
        "http://host/x.mxf",
        "smb://host/x.mxf",
        "file:///../x.mxf",
        "file:///C:/x.mxf",
        "x.mxf\0",
        "a/%2e%2e\\..\\x.mxf",
    ] {
        assert_eq!(files.resolve(written), Resolution::Refused, "{written}");
    }
    assert_eq!(files.resolve(&"a/".repeat(5000)), Resolution::Refused);
}

#[test]
fn nothing_written_is_nothing_found() {
    let files = index(&["x.mxf"]);
    for written in ["", "  ", ".", "./", "file:///", "a/.."] {
        assert_eq!(files.resolve(written), Resolution::Empty, "{written}");
    }
}

#[test]
fn smpte_limits_are_known() {
    assert!(is_within_smpte_limits("MXF/picture_01-a.mxf"));
    assert!(!is_within_smpte_limits("picture 1.mxf"));
    assert!(!is_within_smpte_limits(&"a".repeat(101)));
    assert!(!is_within_smpte_limits("1/2/3/4/5/6/7/8/9/10/11"));
}

proptest! {
    #[test]
    fn a_path_below_the_root_has_no_way_up(
        parts in proptest::collection::vec(prop_oneof![
            Just(".."), Just("."), Just("/"), Just("\\"), Just("%2e"), Just("%2F"), Just("%5c"), Just("a"), Just("é"), Just("C:"),
            Just("file:"), Just("x.mxf"), Just(" "), Just("%"), Just("%00"),
        ], 0..16)
    ) {
        let written = parts.concat();
        let files = index(&["a", "x.mxf", "a/x.mxf", "é/a"]);
        match files.resolve(&written) {
            Resolution::Found { file, .. } => prop_assert!(files.get(&file.path).is_some()),
            Resolution::Missing { expected } => {
                prop_assert!(!expected.starts_with('/'));
                prop_assert!(expected.split('/').all(|segment| !matches!(segment, "" | "." | "..")));
                prop_assert!(!expected.contains('\0'));
            }
            Resolution::Refused | Resolution::Empty => {}
        }
    }

    #[test]
    fn no_text_makes_it_panic(written in ".{0,60}") {
        let _ = index(&["a", "é/b"]).resolve(&written);
    }
}
