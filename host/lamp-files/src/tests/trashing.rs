//! What is put in the trash is out of sight, comes back whole, and goes for good without taking anything else along.

use super::support::{World, quietly, tree};
use crate::trash::{PurgeRequest, Purged, RestoreRequest, Restored, TrashRequest, Trashed, purge, put, restore};
use crate::{Control, FilesError, FilesResult, Right, WalkOptions};
use rustix::fs::{CWD, Mode, RenameFlags, mkfifoat, renameat_with};
use std::ffi::OsStr;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

const MARK: &str = "0badcafe";

fn put_as(world: &World, path: &str, mark: &str) -> FilesResult<Trashed> {
    let request = TrashRequest { mount: "m".to_owned(), path: path.to_owned(), mark: mark.to_owned() };
    quietly(|control| put(&world.mounts, &request, control))
}

fn put_one(world: &World, path: &str) -> FilesResult<Trashed> {
    put_as(world, path, MARK)
}

fn restore_one(world: &World, trash_path: &str, name: &str) -> FilesResult<Restored> {
    let (trash_path, name) = (trash_path.to_owned(), name.to_owned());
    restore(&world.mounts, &RestoreRequest { mount: "m".to_owned(), trash_path, name })
}

fn purge_one(world: &World, trash_path: &str) -> FilesResult<Purged> {
    let request = PurgeRequest { mount: "m".to_owned(), trash_path: trash_path.to_owned() };
    quietly(|control| purge(&world.mounts, &request, control))
}

/// Everything a walk of the mount shows.
fn shown(world: &World) -> Vec<String> {
    let page = world.mounts.walk("m", "", &WalkOptions::default()).unwrap();
    let names = page.folders.into_iter().flat_map(|folder| folder.entries).map(|entry| entry.name);
    names.chain(world.mounts.list("m", "shelf", None, 100).unwrap().entries.into_iter().map(|one| one.name)).collect()
}

fn filled() -> World {
    let world = World::new();
    world.put("shelf/film/a.bin", &[7; 1_000]);
    world.put("shelf/film/sub/deep/b", b"b");
    std::fs::create_dir(world.inside("shelf/film/empty")).unwrap();
    world.put("shelf/other/c", b"stays");
    world
}

#[test]
fn a_folder_goes_out_of_sight_and_comes_back_whole() {
    let world = filled();
    let before = tree(&world.inside(""));
    let trashed = put_one(&world, "shelf/film").unwrap();
    assert_eq!(trashed, Trashed { trash_path: "shelf/.lamp-trash-0badcafe-film".to_owned(), files: 2, bytes: 1_001 });
    assert!(!world.inside("shelf/film").exists());
    assert!(shown(&world).iter().all(|name| name == "shelf" || name == "other" || name == "c"), "{:?}", shown(&world));
    assert_eq!(tree(&world.inside(&trashed.trash_path)).len(), 5, "everything is in it");
    let restored = restore_one(&world, &trashed.trash_path, "film").unwrap();
    assert_eq!(restored.path, "shelf/film");
    assert_eq!(tree(&world.inside("")), before);
}

#[test]
fn what_is_purged_is_gone_and_nothing_else_is() {
    let world = filled();
    world.link("../../../outside", "shelf/film/folder-out");
    world.link("../../../outside/secret.txt", "shelf/film/out");
    world.link("../other", "shelf/film/neighbour");
    mkfifoat(CWD, world.inside("shelf/film/pipe"), Mode::from_raw_mode(0o600)).unwrap();
    std::fs::write(world.inside("shelf/film").join(OsStr::from_bytes(b"no\xffutf8")), b"x").unwrap();
    world.put("shelf/film/.lamp-1-2.partial", b"left over");
    let outside = world.outside();
    let trashed = put_one(&world, "shelf/film").unwrap();
    assert_eq!(purge_one(&world, &trashed.trash_path).unwrap(), Purged { files: 8, bytes: 1_011 });
    assert_eq!(world.outside(), outside);
    let left: Vec<_> = tree(&world.inside("")).into_keys().collect();
    assert_eq!(left, ["shelf", "shelf/other", "shelf/other/c"].map(std::path::PathBuf::from));
}

#[test]
fn every_step_can_be_taken_again() {
    let world = filled();
    let first = put_one(&world, "shelf/film").unwrap();
    assert_eq!(put_one(&world, "shelf/film").unwrap(), first, "as after a crash behind the rename");
    world.put("shelf/film/new", b"made meanwhile");
    assert_eq!(put_one(&world, "shelf/film").unwrap(), first);
    assert!(world.inside("shelf/film/new").exists(), "what has its name now is another folder");
    let taken = restore_one(&world, &first.trash_path, "film");
    assert!(matches!(taken, Err(FilesError::AlreadyExists { .. })), "{taken:?}");
    assert!(world.inside("shelf/film/new").exists() && world.inside(&first.trash_path).exists());
    std::fs::remove_dir_all(world.inside("shelf/film")).unwrap();
    std::fs::create_dir(world.inside("shelf/film")).unwrap();
    assert!(restore_one(&world, &first.trash_path, "film").is_err(), "not over an empty folder either");
    std::fs::remove_dir(world.inside("shelf/film")).unwrap();
    for _ in 0..2 {
        assert_eq!(restore_one(&world, &first.trash_path, "film").unwrap().path, "shelf/film");
    }
    assert_eq!(put_as(&world, "shelf/film", "another").unwrap().files, 2);
    let second = "shelf/.lamp-trash-another-film";
    std::fs::remove_file(world.inside(second).join("a.bin")).unwrap();
    assert_eq!(purge_one(&world, second).unwrap(), Purged { files: 1, bytes: 1 }, "the rest of an earlier run");
    assert_eq!(purge_one(&world, second).unwrap(), Purged::default());
    assert!(matches!(restore_one(&world, second, "film"), Err(FilesError::NotFound { .. })));
}

#[test]
fn refuses_what_could_reach_elsewhere() {
    let world = filled();
    world.put("file", b"x");
    world.link("shelf/film", "alias");
    world.link("../outside", "out");
    let before = tree(&world.inside(""));
    for path in ["file", "alias", "out", "alias/sub", "out/x", "none", ""] {
        assert!(put_one(&world, path).is_err(), "{path:?}");
    }
    for mark in ["", "a/b", "..", "A", "a b", "a.b", &"a".repeat(65)] {
        assert!(matches!(put_as(&world, "shelf/film", mark), Err(FilesError::Invalid(_))), "{mark:?}");
    }
    for path in ["shelf/film", "shelf", "", "../outside", "shelf/.lamp-1-2.partial"] {
        assert!(purge_one(&world, path).is_err() && restore_one(&world, path, "x").is_err(), "{path:?}");
    }
    assert_eq!(tree(&world.inside("")), before);
    let trashed = put_one(&world, "shelf/film").unwrap().trash_path;
    for name in ["", "..", "a/b", "../film", "/film", ".lamp-trash-x-y"] {
        assert!(restore_one(&world, &trashed, name).is_err(), "{name:?}");
    }
    assert!(matches!(put_one(&world, &format!("{trashed}/sub")), Err(FilesError::InvalidPath { .. })));
    assert!(matches!(
        world.mounts.write_small("m", &format!("{trashed}/x"), b"x"),
        Err(FilesError::InvalidPath { .. })
    ));
    world.mounts.replace(vec![world.config("m", &[Right::Read, Right::Write, Right::Watch])]).unwrap();
    let refused = |result: FilesError| matches!(result, FilesError::MissingRight { right: "delete", .. });
    assert!(refused(put_one(&world, "shelf/other").unwrap_err()));
    assert!(refused(restore_one(&world, &trashed, "film").unwrap_err()));
    assert!(refused(purge_one(&world, &trashed).unwrap_err()));
}

#[test]
fn a_file_with_names_elsewhere_keeps_its_folder_out_of_the_trash() {
    let world = filled();
    std::fs::hard_link(world.inside("shelf/film/sub/deep/b"), world.beside("outside/b")).unwrap();
    let refused = put_one(&world, "shelf/film").unwrap_err();
    assert!(
        matches!(&refused, FilesError::HardLinked { path, links: 2, .. } if path == "shelf/film/sub/deep/b"),
        "{refused:?}"
    );
    assert!(world.inside("shelf/film/a.bin").exists());
    std::fs::remove_file(world.beside("outside/b")).unwrap();
    let trashed = put_one(&world, "shelf/film").unwrap().trash_path;
    std::fs::hard_link(world.inside(&trashed).join("a.bin"), world.beside("outside/saved")).unwrap();
    purge_one(&world, &trashed).unwrap();
    assert_eq!(std::fs::read(world.beside("outside/saved")).unwrap().len(), 1_000, "what was saved from it stays");
}

#[test]
fn a_long_name_is_cut_between_characters() {
    let world = World::new();
    let name = "ä".repeat(127);
    world.put(&format!("{name}/f"), b"x");
    let trashed = put_one(&world, &name).unwrap().trash_path;
    assert!(trashed.len() <= 255 && trashed.len() > 250 && trashed.ends_with('ä'), "{}", trashed.len());
    assert_eq!(restore_one(&world, &trashed, &name).unwrap().path, name);
}

#[test]
fn a_folder_that_is_written_to_stays_where_it_is() {
    let world = filled();
    let stop = AtomicBool::new(false);
    let mut refused = 0;
    let mut file = std::fs::File::create(world.inside("shelf/film/growing")).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                file.write_all(b"more").unwrap();
            }
        });
        let begin = Instant::now();
        while refused == 0 && begin.elapsed() < Duration::from_secs(60) {
            match put_one(&world, "shelf/film") {
                Ok(trashed) => drop(restore_one(&world, &trashed.trash_path, "film").unwrap()),
                Err(FilesError::Changed { .. }) => refused += 1,
                Err(other) => panic!("{other}"),
            }
            assert!(world.inside("shelf/film/a.bin").exists());
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert_eq!(refused, 1, "the race was not run");
    assert_eq!(std::fs::read_dir(world.inside("shelf")).unwrap().count(), 2, "nothing is left in the trash");
}

#[test]
fn swapping_a_folder_for_a_link_takes_nothing_outside_along() {
    let world = World::new();
    std::fs::create_dir(world.beside("outside/twin")).unwrap();
    for number in 0..50 {
        std::fs::write(world.beside("outside/twin").join(number.to_string()), b"x").unwrap();
    }
    let outside = world.outside();
    let trash = world.inside(".lamp-trash-0badcafe-film");
    let (stop, swaps) = (AtomicBool::new(false), AtomicU32::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let (folder, link) = (trash.join("d"), trash.join("l"));
            while !stop.load(Ordering::Relaxed) {
                if renameat_with(CWD, &folder, CWD, &link, RenameFlags::EXCHANGE).is_ok() {
                    swaps.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        let begin = Instant::now();
        let mut turn = 0;
        while turn < 300 || swaps.load(Ordering::Relaxed) == 0 && begin.elapsed() < Duration::from_secs(60) {
            turn += 1;
            // Made elsewhere: what is written through a swapped name would land outside by the test's own doing.
            for number in 0..5 {
                world.put(&format!("build/d/{number}"), b"x");
            }
            world.link("../../outside/twin", "build/l");
            std::fs::rename(world.inside("build"), &trash).unwrap();
            // What is swapped under its hands may stop it; it goes on next time.
            while trash.exists() {
                let _ = purge_one(&world, ".lamp-trash-0badcafe-film");
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert!(swaps.into_inner() > 0, "the race was not run");
    assert_eq!(world.outside(), outside);
}

#[test]
fn a_purge_that_is_cancelled_goes_on_later() {
    let world = filled();
    let trashed = put_one(&world, "shelf/film").unwrap().trash_path;
    let cancel = CancellationToken::new();
    cancel.cancel();
    let control = Control { progress: &|_| {}, checkpoint: &|()| {}, cancel: &cancel };
    let request = PurgeRequest { mount: "m".to_owned(), trash_path: trashed.clone() };
    assert!(matches!(purge(&world.mounts, &request, &control), Err(FilesError::Cancelled)));
    assert_eq!(purge_one(&world, &trashed).unwrap().files, 2);
}
