//! Rights, kinds of files, hard links, limits of reading and writing.

use super::support::{World, quietly};
use crate::copy::CopyRequest;
use crate::{FileKind, FilesError, HardLinks, MAX_READ_BYTES, ReadRequest, Right, WalkOptions, copy};
use lamp_core::error::CapabilityError;
use rustix::fs::{CWD, Mode, mkfifoat};
use std::time::Duration;

fn copy_to(path: &str) -> CopyRequest {
    let (from_mount, to_mount) = ("source".to_owned(), "m".to_owned());
    CopyRequest { from_mount, from_path: "f".to_owned(), to_mount, to_path: path.to_owned(), overwrite: true }
}

/// Every verb with the right it needs; a verb that is allowed succeeds.
type Verb = (&'static str, Right, fn(&World) -> Result<(), FilesError>);
const VERBS: [Verb; 10] = [
    ("stat", Right::Read, |w| w.mounts.stat("m", "f").map(drop)),
    ("list", Right::Read, |w| w.mounts.list("m", "", None, 10).map(drop)),
    ("walk", Right::Read, |w| w.mounts.walk("m", "", &WalkOptions::default()).map(drop)),
    ("read_range", Right::Read, |w| w.mounts.read_range("m", "f", 0, 1).map(drop)),
    ("read_many", Right::Read, |w| w.mounts.read_many("m", &[]).map(drop)),
    ("open_for_serving", Right::Read, |w| w.mounts.open_for_serving("m", "f").map(drop)),
    ("copy from", Right::Read, |w| {
        let request = CopyRequest { from_mount: "m".into(), to_mount: "source".into(), ..copy_to("copy") };
        quietly(|control| copy::run(&w.mounts, &request, None, control)).map(drop)
    }),
    ("copy to", Right::Write, |w| quietly(|control| copy::run(&w.mounts, &copy_to("copy"), None, control)).map(drop)),
    ("write_small", Right::Write, |w| w.mounts.write_small("m", "f", b"new")),
    ("remove", Right::Delete, |w| w.mounts.remove("m", "gone")),
];

#[test]
fn each_verb_needs_exactly_its_right() {
    for set in 0..16_u32 {
        let rights: Vec<Right> = Right::ALL
            .into_iter()
            .enumerate()
            .filter(|(bit, _)| set & (1 << bit) != 0)
            .map(|(_, right)| right)
            .collect();
        for (name, needed, verb) in VERBS {
            let world = World::new();
            std::fs::create_dir(world.beside("source")).unwrap();
            std::fs::write(world.beside("source/f"), b"from").unwrap();
            world.put("f", b"content");
            world.put("gone", b"");
            world.mounts.replace(vec![world.config("m", &rights), world.config("source", &Right::ALL)]).unwrap();
            match verb(&world) {
                Ok(()) => assert!(rights.contains(&needed), "{name} with {rights:?}"),
                Err(FilesError::MissingRight { right, .. }) => {
                    assert!(!rights.contains(&needed), "{name} with {rights:?}");
                    assert_eq!(right, needed.as_str(), "{name}");
                }
                Err(other) => panic!("{name} with {rights:?}: {other}"),
            }
        }
    }
}

#[test]
fn pipes_and_sockets_are_refused_without_waiting() {
    let world = World::new();
    mkfifoat(CWD, world.inside("pipe"), Mode::from_raw_mode(0o600)).unwrap();
    let _listener = std::os::unix::net::UnixListener::bind(world.inside("socket")).unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    let mounts = world.mounts.clone();
    std::thread::spawn(move || {
        for name in ["pipe", "socket"] {
            assert_eq!(mounts.stat("m", name).unwrap().kind, FileKind::Other);
            for result in [
                mounts.read_range("m", name, 0, 1).map(drop),
                mounts.open_for_serving("m", name).map(drop),
                mounts.write_small("m", name, b"x"),
                mounts.remove("m", name),
                mounts.list("m", name, None, 1).map(drop),
            ] {
                assert!(matches!(result, Err(FilesError::WrongKind { .. })), "{name}: {result:?}");
            }
        }
        sender.send(()).unwrap();
    });
    receiver.recv_timeout(Duration::from_secs(10)).expect("a call hangs or an assertion failed");
}

#[test]
fn a_file_with_two_names_is_read_but_not_served_replaced_or_deleted() {
    let world = World::new();
    let before = world.outside();
    std::fs::hard_link(world.beside("outside/secret.txt"), world.inside("twin")).unwrap();
    assert!(world.mounts.read_range("m", "twin", 0, 6).is_ok());
    let request = CopyRequest { from_mount: "m".into(), from_path: "own".into(), ..copy_to("twin") };
    world.put("own", b"mine");
    for result in [
        world.mounts.open_for_serving("m", "twin").map(drop),
        world.mounts.write_small("m", "twin", b"x"),
        world.mounts.remove("m", "twin"),
        quietly(|control| copy::run(&world.mounts, &request, None, control)).map(drop),
    ] {
        assert!(matches!(result, Err(FilesError::HardLinked { links: 2, .. })), "{result:?}");
    }
    assert_eq!(world.outside(), before);
    for (rule, read, served) in [(HardLinks::Refuse, false, false), (HardLinks::Serve, true, true)] {
        let config = crate::MountConfig { hard_links: rule, ..world.config("m", &Right::ALL) };
        world.mounts.replace(vec![config]).unwrap();
        assert_eq!(world.mounts.read_range("m", "twin", 0, 6).is_ok(), read);
        assert_eq!(world.mounts.open_for_serving("m", "twin").is_ok(), served);
    }
}

#[test]
fn reads_are_exact_at_the_end_and_bounded() {
    let world = World::new();
    world.put("f", b"0123456789");
    let read = |offset, length| world.mounts.read_range("m", "f", offset, length);
    assert_eq!(read(0, 10).unwrap(), b"0123456789");
    assert_eq!(read(8, 10).unwrap(), b"89");
    assert_eq!(read(10, 1).unwrap(), b"");
    assert_eq!(read(u64::MAX, MAX_READ_BYTES).unwrap(), b"");
    assert!(matches!(read(0, MAX_READ_BYTES + 1), Err(FilesError::Limit { .. })));
    assert!(matches!(world.mounts.read_range("m", "", 0, 1), Err(FilesError::InvalidPath { .. })));
    assert!(matches!(world.mounts.read_range("m", "f/x", 0, 1), Err(FilesError::WrongKind { .. })));
    assert!(matches!(world.mounts.read_range("x", "f", 0, 1), Err(FilesError::UnknownMount(_))));
    let sparse = std::fs::File::create(world.inside("sparse")).unwrap();
    sparse.set_len(1 << 40).unwrap();
    assert_eq!(world.mounts.read_range("m", "sparse", (1 << 40) - 3, 100).unwrap(), [0, 0, 0]);
}

#[test]
fn a_batch_answers_each_read_in_order() {
    let world = World::new();
    world.put("a", b"first");
    world.put("b", b"second");
    let request = |path: &str, offset, max_len| ReadRequest { path: path.to_owned(), offset, max_len };
    let reads = [request("b", 0, 100), request("none", 0, 1), request("a", 1, 2), request("../x", 0, 1)];
    let answers = world.mounts.read_many("m", &reads).unwrap();
    assert_eq!(answers[0].as_ref().unwrap().bytes, b"second");
    assert_eq!(answers[0].as_ref().unwrap().stat.size_bytes, 6);
    assert!(matches!(answers[1], Err(FilesError::NotFound { .. })));
    assert_eq!(answers[2].as_ref().unwrap().bytes, b"ir");
    assert!(matches!(answers[3], Err(FilesError::InvalidPath { .. })));
    world.put("big", &vec![7; 8 << 20]);
    let answers = world.mounts.read_many("m", &vec![request("big", 0, 8 << 20); 5]).unwrap();
    assert!(answers[..4].iter().all(Result::is_ok));
    assert!(matches!(answers[4], Err(FilesError::Limit { .. })));
}

#[test]
fn writing_makes_folders_replaces_whole_and_leaves_nothing_beside() {
    let world = World::new();
    world.mounts.write_small("m", "new/deep/state.json", b"one").unwrap();
    world.mounts.write_small("m", "new/deep/state.json", b"two").unwrap();
    assert_eq!(std::fs::read(world.inside("new/deep/state.json")).unwrap(), b"two");
    assert_eq!(std::fs::read_dir(world.inside("new/deep")).unwrap().count(), 1);
    assert!(matches!(world.mounts.write_small("m", "new/deep", b"x"), Err(FilesError::WrongKind { .. })));
    assert!(matches!(world.mounts.write_small("m", "new/deep/state.json/x", b"x"), Err(FilesError::WrongKind { .. })));
    assert!(matches!(world.mounts.write_small("m", ".lamp-x.partial", b"x"), Err(FilesError::InvalidPath { .. })));
    assert_eq!(std::fs::read_dir(world.inside("new/deep")).unwrap().count(), 1);
}

#[test]
fn removes_files_and_empty_folders_only() {
    let world = World::new();
    world.put("a/f", b"x");
    assert!(matches!(world.mounts.remove("m", ""), Err(FilesError::InvalidPath { .. })));
    assert!(matches!(world.mounts.remove("m", "a"), Err(FilesError::NotEmpty { .. })));
    world.mounts.remove("m", "a/f").unwrap();
    world.mounts.remove("m", "a").unwrap();
    assert!(matches!(world.mounts.remove("m", "a"), Err(FilesError::NotFound { .. })));
}

#[test]
fn the_etag_follows_the_content() {
    let world = World::new();
    world.put("f", b"one");
    let first = world.mounts.open_for_serving("m", "f").unwrap();
    assert_eq!(first.etag, world.mounts.open_for_serving("m", "f").unwrap().etag);
    world.mounts.write_small("m", "f", b"two").unwrap();
    assert_ne!(first.etag, world.mounts.open_for_serving("m", "f").unwrap().etag);
    assert!(first.etag.starts_with('"') && first.etag.ends_with('"'));
}

#[test]
fn a_plugin_is_told_the_kind_of_failure() {
    let world = World::new();
    let told = |error: FilesError| CapabilityError::from(error);
    assert!(matches!(told(world.mounts.stat("m", "none").unwrap_err()), CapabilityError::NotFound(_)));
    assert!(matches!(told(world.mounts.stat("m", "../x").unwrap_err()), CapabilityError::Invalid(_)));
    world.link("../outside", "l");
    assert!(matches!(told(world.mounts.stat("m", "l").unwrap_err()), CapabilityError::Denied(_)));
    let full = FilesError::at("m", "f", rustix::io::Errno::NOSPC);
    assert_eq!(full.code(), "no_space");
    assert!(matches!(told(full), CapabilityError::Limit(_)));
    assert!(matches!(told(FilesError::at("m", "f", rustix::io::Errno::STALE)), CapabilityError::Unavailable(_)));
}
