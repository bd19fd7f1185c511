//! Copies are whole, equal, resumable, and never partly there.

use super::support::{World, quietly, tree};
use crate::copy::{CopyCheckpoint, CopyRequest, CopyResult, run};
use crate::{Control, FilesError, FilesResult, Right};
use parking_lot::Mutex;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};
use tokio_util::sync::CancellationToken;

fn world() -> World {
    let world = World::new();
    std::fs::create_dir(world.beside("target")).unwrap();
    world.mounts.replace(vec![world.config("m", &[Right::Read]), world.config("target", &Right::ALL)]).unwrap();
    world
}

fn request(from: &str, to: &str, overwrite: bool) -> CopyRequest {
    CopyRequest {
        from_mount: "m".to_owned(),
        from_path: from.to_owned(),
        to_mount: "target".to_owned(),
        to_path: to.to_owned(),
        overwrite,
    }
}

fn copy(world: &World, from: &str, to: &str, overwrite: bool) -> FilesResult<CopyResult> {
    quietly(|control| run(&world.mounts, &request(from, to, overwrite), None, control))
}

fn set_time(path: &Path, seconds: u64) {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    std::fs::File::open(path).unwrap().set_modified(time).unwrap();
}

fn time(path: &Path) -> SystemTime {
    path.metadata().unwrap().modified().unwrap()
}

#[test]
fn a_tree_arrives_equal_with_its_times() {
    let world = world();
    world.put("p/a.bin", &vec![7; 3_000_000]);
    world.put("p/sub/deep/b", b"b");
    world.put("p/empty-file", b"");
    std::fs::create_dir(world.inside("p/empty")).unwrap();
    set_time(&world.inside("p/a.bin"), 1_000_000_000);
    set_time(&world.inside("p/sub"), 1_100_000_000);
    let result = copy(&world, "p", "new/place/p", false).unwrap();
    assert_eq!((result.files, result.folders, result.bytes, result.skipped_count), (3, 4, 3_000_001, 0));
    assert_eq!(tree(&world.beside("target/new/place/p")), tree(&world.inside("p")));
    for path in ["a.bin", "sub"] {
        assert_eq!(time(&world.beside("target/new/place/p").join(path)), time(&world.inside("p").join(path)), "{path}");
    }
}

#[test]
fn what_exists_is_replaced_only_when_asked_for() {
    let world = world();
    world.put("f", b"new");
    world.put("d/f", b"new");
    std::fs::create_dir(world.beside("target/d")).unwrap();
    std::fs::write(world.beside("target/f"), b"old").unwrap();
    std::fs::write(world.beside("target/d/other"), b"stays").unwrap();
    for path in ["f", "d"] {
        assert!(matches!(copy(&world, path, path, false), Err(FilesError::AlreadyExists { .. })), "{path}");
    }
    assert_eq!(std::fs::read(world.beside("target/f")).unwrap(), b"old");
    assert_eq!(tree(&world.beside("target")).len(), 3, "a refused copy leaves nothing");
    copy(&world, "f", "f", true).unwrap();
    copy(&world, "d", "d", true).unwrap();
    assert_eq!(std::fs::read(world.beside("target/f")).unwrap(), b"new");
    assert_eq!(std::fs::read(world.beside("target/d/f")).unwrap(), b"new");
    assert_eq!(std::fs::read(world.beside("target/d/other")).unwrap(), b"stays");
    assert!(matches!(copy(&world, "f", "d", true), Err(FilesError::WrongKind { .. })));
}

#[test]
fn links_that_lead_out_and_special_files_are_left_out_and_told() {
    let world = world();
    world.put("p/f", b"content");
    world.link("f", "p/inner");
    world.link("../../outside/secret.txt", "p/out");
    world.link("../../outside", "p/folder-out");
    rustix::fs::mkfifoat(rustix::fs::CWD, world.inside("p/pipe"), rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
    let result = copy(&world, "p", "p", false).unwrap();
    assert_eq!(result.skipped, ["p/folder-out", "p/out", "p/pipe"]);
    assert_eq!(result.skipped_count, 3);
    let copied = tree(&world.beside("target/p"));
    assert_eq!(
        copied.into_iter().collect::<Vec<_>>(),
        [("f".into(), b"content".to_vec()), ("inner".into(), b"content".to_vec())]
    );
}

#[test]
fn refuses_targets_in_the_source_links_and_missing_rights() {
    let world = world();
    world.put("p/f", b"x");
    world.mounts.replace(vec![world.config("m", &Right::ALL), world.config("target", &Right::ALL)]).unwrap();
    let inward = CopyRequest { to_mount: "m".to_owned(), ..request("p", "p/inner", true) };
    let onto_itself = CopyRequest { to_mount: "m".to_owned(), ..request("p", "p", true) };
    for request in [inward, onto_itself] {
        assert!(matches!(quietly(|control| run(&world.mounts, &request, None, control)), Err(FilesError::Invalid(_))));
    }
    std::os::unix::fs::symlink("../outside", world.beside("target/l")).unwrap();
    let before = world.outside();
    for to in ["l/f", "l"] {
        assert!(copy(&world, "p/f", to, true).is_err(), "{to}");
    }
    assert!(matches!(copy(&world, "p", "l", true), Err(FilesError::Escapes { .. })));
    assert_eq!(world.outside(), before);
    assert!(matches!(copy(&world, "none", "x", false), Err(FilesError::NotFound { .. })));
}

#[test]
fn no_space_is_told_before_the_first_byte() {
    let world = world();
    let available = world.mounts.disk_space("target").unwrap().available_bytes;
    let huge = std::fs::File::create(world.inside("huge")).unwrap();
    huge.set_len(available + (1 << 30)).unwrap();
    assert!(matches!(copy(&world, "huge", "huge", false), Err(FilesError::NoSpace { .. })));
    assert!(tree(&world.beside("target")).is_empty());
}

#[test]
fn cancelling_in_the_middle_of_a_file_leaves_whole_files_only() {
    let world = world();
    world.put("p/1-small", b"whole");
    std::fs::File::create(world.inside("p/2-large")).unwrap().set_len(4 << 30).unwrap();
    let cancel = CancellationToken::new();
    let result = std::thread::scope(|scope| {
        scope.spawn(|| {
            let deadline = Instant::now() + Duration::from_secs(20);
            let unfinished = || {
                let entries = std::fs::read_dir(world.beside("target/p")).into_iter().flatten().flatten();
                entries.filter_map(|entry| entry.metadata().ok()).any(|meta| meta.len() > (1 << 20))
            };
            while !unfinished() && Instant::now() < deadline {
                std::thread::yield_now();
            }
            cancel.cancel();
        });
        run(
            &world.mounts,
            &request("p", "p", false),
            None,
            &Control { progress: &|_| {}, checkpoint: &|_| {}, cancel: &cancel },
        )
    });
    assert!(matches!(result, Err(FilesError::Cancelled)), "{result:?}");
    assert_eq!(
        tree(&world.beside("target/p")).into_iter().collect::<Vec<_>>(),
        [("1-small".into(), b"whole".to_vec())]
    );
}

#[test]
fn resuming_skips_what_is_there_removes_leftovers_and_copies_the_rest() {
    let world = world();
    world.put("p/done", b"original");
    world.put("p/rest", b"rest");
    std::fs::create_dir(world.beside("target/p")).unwrap();
    // Same size and time, other bytes: shows that it is not copied a second time.
    std::fs::write(world.beside("target/p/done"), b"ORIGINAL").unwrap();
    set_time(&world.inside("p/done"), 1_000_000_000);
    set_time(&world.beside("target/p/done"), 1_000_000_001);
    std::fs::write(world.beside("target/p/.lamp-0badcafe-1.partial"), b"re").unwrap();
    std::fs::write(world.beside("target/p/.lamp-11111111-1.partial"), b"of another copy").unwrap();
    let seen = Mutex::new(Vec::new());
    let keep = |checkpoint: &CopyCheckpoint| seen.lock().push(checkpoint.clone());
    let cancel = CancellationToken::new();
    let control = Control { progress: &|_| {}, checkpoint: &keep, cancel: &cancel };
    let resume = CopyCheckpoint { run: "0badcafe".to_owned(), files: 1 };
    let result = run(&world.mounts, &request("p", "p", false), Some(resume), &control).unwrap();
    assert_eq!((result.files, result.bytes), (2, 12));
    assert_eq!(seen.into_inner().pop().unwrap(), CopyCheckpoint { run: "0badcafe".to_owned(), files: 2 });
    let names: Vec<_> = tree(&world.beside("target/p")).into_iter().collect();
    assert_eq!(
        names,
        [
            (".lamp-11111111-1.partial".into(), b"of another copy".to_vec()),
            ("done".into(), b"ORIGINAL".to_vec()),
            ("rest".into(), b"rest".to_vec()),
        ]
    );
}
