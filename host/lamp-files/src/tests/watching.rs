//! Changes are told for the right folders, within a bound; offline storage is never told as removed files.

use super::support::World;
use crate::{MountChange, MountStatus, Right, WatchOptions, Watcher};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

const BOUND: Duration = Duration::from_secs(20);

fn options(always_poll: bool) -> WatchOptions {
    WatchOptions { quiet_ms: 150, max_delay_ms: 1_000, check_ms: 200, poll_ms: 100, always_poll }
}

struct Watched {
    world: World,
    watcher: Watcher,
    changes: Receiver<MountChange>,
}

impl Watched {
    /// Watches mount `m`, from its first report on.
    async fn start(world: World, always_poll: bool) -> Self {
        let (watcher, changes) = Watcher::new(world.mounts.clone(), options(always_poll));
        watcher.sync().unwrap();
        let mut watched = Self { world, watcher, changes };
        let first = watched.next().await;
        assert_eq!((first.folders, first.overflow, first.status), (Vec::new(), true, MountStatus::Online));
        watched
    }

    async fn next(&mut self) -> MountChange {
        timeout(BOUND, self.changes.recv()).await.expect("no report in time").expect("the watcher ended")
    }

    /// Waits until all of `folders` were told, and gives all that were.
    async fn until_told(&mut self, folders: &[&str]) -> BTreeSet<String> {
        let mut told = BTreeSet::new();
        while !folders.iter().all(|folder| told.contains(*folder)) {
            let change = self.next().await;
            assert!(!change.overflow && change.status.is_online(), "{change:?}");
            told.extend(change.folders);
        }
        told
    }
}

async fn tells_changes(always_poll: bool) {
    let world = World::new();
    world.put("sub/f", b"1");
    world.put("other/f", b"1");
    world.link("../outside", "link");
    let mut watched = Watched::start(world, always_poll).await;

    watched.world.put("sub/new", b"");
    assert!(!watched.until_told(&["sub"]).await.contains("other"));
    watched.world.put("sub/f", b"longer");
    watched.until_told(&["sub"]).await;
    std::fs::remove_file(watched.world.inside("sub/new")).unwrap();
    watched.until_told(&["sub"]).await;
    watched.world.put("fresh/with/folders/f", b"1");
    watched.until_told(&["", "fresh", "fresh/with", "fresh/with/folders"]).await;
    watched.world.put("fresh/with/folders/g", b"1");
    watched.until_told(&["fresh/with/folders"]).await;
    std::fs::rename(watched.world.inside("fresh/with"), watched.world.inside("sub/moved")).unwrap();
    watched.until_told(&["fresh", "fresh/with", "sub", "sub/moved", "sub/moved/folders"]).await;
    watched.world.put("sub/moved/folders/h", b"1");
    let told = watched.until_told(&["sub/moved/folders"]).await;
    assert!(!told.iter().any(|folder| folder.starts_with("fresh")), "{told:?}");
    std::fs::write(watched.world.beside("outside/x"), b"1").unwrap();
    std::fs::remove_dir_all(watched.world.inside("sub")).unwrap();
    let told = watched.until_told(&["", "sub"]).await;
    assert!(!told.iter().any(|folder| folder.contains("link") || folder.contains("outside")), "{told:?}");
}

#[tokio::test]
async fn tells_made_changed_moved_and_removed_things() {
    tells_changes(false).await;
}

#[tokio::test]
async fn looking_through_tells_the_same() {
    tells_changes(true).await;
}

async fn goes_offline(always_poll: bool) {
    let world = World::new();
    world.put("sub/f", b"1");
    let mut watched = Watched::start(world, always_poll).await;
    std::fs::rename(watched.world.beside("m"), watched.world.beside("away")).unwrap();
    std::fs::create_dir(watched.world.beside("m")).unwrap();
    let change = watched.next().await;
    assert!(matches!(change.status, MountStatus::Offline(_)), "{change:?}");
    assert!(change.folders.is_empty() && !change.overflow, "{change:?}");
    std::fs::remove_dir(watched.world.beside("m")).unwrap();
    std::fs::rename(watched.world.beside("away"), watched.world.beside("m")).unwrap();
    loop {
        let change = watched.next().await;
        assert!(change.folders.is_empty(), "{change:?}");
        if change.status.is_online() {
            assert!(change.overflow);
            break;
        }
    }
    watched.world.put("sub/g", b"1");
    watched.until_told(&["sub"]).await;
}

#[tokio::test]
async fn storage_that_goes_away_is_offline_and_not_removed() {
    goes_offline(false).await;
}

#[tokio::test]
async fn looking_through_sees_storage_go_away_too() {
    goes_offline(true).await;
}

#[tokio::test]
async fn reading_and_unfinished_files_are_no_changes() {
    let world = World::new();
    world.put("a/f", b"1");
    world.put("b/f", b"1");
    let mut watched = Watched::start(world, false).await;
    for _ in 0..50 {
        watched.world.mounts.read_range("m", "a/f", 0, 10).unwrap();
        watched.world.mounts.list("m", "a", None, 10).unwrap();
    }
    std::fs::write(watched.world.inside("a/.lamp-w-1.partial"), b"1").unwrap();
    watched.world.put("b/g", b"1");
    assert_eq!(watched.next().await.folders, ["b"]);
}

#[tokio::test]
async fn mounts_come_and_go_with_the_registry() {
    let world = World::new();
    let mut watched = Watched::start(world, false).await;
    let world = &watched.world;
    let both = vec![world.config("m", &[Right::Watch]), world.config("outside", &[Right::Watch])];
    world.mounts.replace(both).unwrap();
    watched.watcher.sync().unwrap();
    let first = watched.next().await;
    assert_eq!((first.mount.as_str(), first.overflow), ("outside", true), "a mount that stays is not begun anew");
    watched.world.mounts.replace(vec![watched.world.config("m", &[Right::Read])]).unwrap();
    watched.watcher.sync().unwrap();
    drop(watched.watcher);
    let end = timeout(BOUND, watched.changes.recv()).await.expect("threads end with their watcher");
    assert_eq!(end, None);
}

#[tokio::test]
async fn more_folders_than_a_report_holds_are_told_as_everything() {
    let world = World::new();
    let mut watched = Watched::start(world, false).await;
    for number in 0..10_050 {
        std::fs::create_dir(watched.world.inside(&format!("{number}"))).unwrap();
    }
    let mut told = 0;
    loop {
        let change = watched.next().await;
        told += change.folders.len();
        if change.overflow || told > 10_050 {
            break;
        }
    }
}
