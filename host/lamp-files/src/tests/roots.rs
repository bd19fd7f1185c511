//! Which folders may be mounts, and how a root that goes away or is replaced is seen.

use super::support::World;
use crate::{FilesError, MountConfig, MountStatus, Mounts, Right, check_name, check_root, parse_rights};
use std::path::Path;

fn offline_reason(status: MountStatus) -> String {
    match status {
        MountStatus::Offline(reason) => reason,
        MountStatus::Online => panic!("the mount is online"),
    }
}

#[test]
fn refuses_folders_that_are_no_place_for_a_mount() {
    let world = World::new();
    let data = world.beside("data");
    std::fs::create_dir(data.join("inner")).unwrap();
    std::fs::write(world.beside("file"), b"").unwrap();
    std::os::unix::fs::symlink("/", world.beside("to-root")).unwrap();
    for (path, word) in [
        (Path::new("/").to_owned(), "whole system"),
        ("/proc".into(), "belongs to the system"),
        ("/proc/self".into(), "belongs to the system"),
        ("/sys".into(), "belongs to the system"),
        ("/dev".into(), "belongs to the system"),
        (world.beside("to-root"), "whole system"),
        (data.clone(), "data folder"),
        (data.join("inner"), "data folder"),
        (world.beside(""), "data folder"),
        (world.beside("file"), "not a folder"),
        (world.beside("missing"), "create it"),
        ("relative".into(), "relative"),
        (world.beside("m"), "overlaps mount `m`"),
    ] {
        let error = check_root(&path, &data, &world.mounts.configs()).unwrap_err().to_string();
        assert!(error.contains(word), "{}: {error}", path.display());
    }
    assert_eq!(
        check_root(&world.beside("outside"), &data, &world.mounts.configs()).unwrap(),
        world.beside("outside").canonicalize().unwrap()
    );
}

#[test]
fn a_forbidden_root_that_was_stored_anyway_stays_offline() {
    let world = World::new();
    let config = |root: &Path| MountConfig { root: root.to_owned(), ..world.config("m", &Right::ALL) };
    for root in [Path::new("/"), Path::new("/proc"), &world.beside("data")] {
        world.mounts.replace(vec![config(root)]).unwrap();
        assert!(!world.mounts.status("m").unwrap().is_online(), "{}", root.display());
        assert!(matches!(world.mounts.stat("m", ""), Err(FilesError::Offline { .. })));
    }
}

#[test]
fn names_and_rights_are_checked() {
    for name in ["library", "library-2", "a", "9"] {
        assert!(check_name(name).is_ok(), "{name}");
    }
    for name in ["", "-a", "a-", "A", "a b", "a/b", "..", "ä", "a\0", &"n".repeat(65)] {
        assert!(check_name(name).is_err(), "{name:?}");
    }
    assert_eq!(parse_rights("watch, read").unwrap().into_iter().collect::<Vec<_>>(), [Right::Read, Right::Watch]);
    assert!(parse_rights("").is_err());
    assert!(parse_rights("read,execute").unwrap_err().to_string().contains("execute"));
    let world = World::new();
    let twice = vec![world.config("m", &[]), world.config("m", &[])];
    assert!(world.mounts.replace(twice).is_err());
    assert!(world.mounts.stat("m", "").is_ok(), "a refused replacement changes nothing");
}

#[test]
fn a_root_that_goes_away_or_is_replaced_is_offline_until_it_is_back() {
    let world = World::new();
    world.put("f", b"x");
    assert!(world.mounts.status("m").unwrap().is_online());
    std::fs::rename(world.beside("m"), world.beside("away")).unwrap();
    assert!(offline_reason(world.mounts.status("m").unwrap()).contains("mount the storage again"));
    std::fs::create_dir(world.beside("m")).unwrap();
    assert!(offline_reason(world.mounts.status("m").unwrap()).contains("another folder"));
    for result in [
        world.mounts.stat("m", "f").map(drop),
        world.mounts.list("m", "", None, 10).map(drop),
        world.mounts.write_small("m", "f", b"y"),
        world.mounts.disk_space("m").map(drop),
    ] {
        assert!(matches!(result, Err(FilesError::Offline { .. })), "{result:?}");
    }
    std::fs::remove_dir(world.beside("m")).unwrap();
    std::fs::rename(world.beside("away"), world.beside("m")).unwrap();
    assert!(world.mounts.status("m").unwrap().is_online());
    assert_eq!(world.mounts.read_range("m", "f", 0, 9).unwrap(), b"x");
}

#[test]
fn a_stored_identity_keeps_an_empty_mount_point_offline_after_a_restart() {
    let world = World::new();
    assert_eq!(world.mounts.identity("m"), None, "nothing was looked at yet");
    world.mounts.status("m").unwrap();
    let identity = world.mounts.identity("m");
    let text = serde_json::to_string(&identity).unwrap();
    let stored = MountConfig { identity: serde_json::from_str(&text).unwrap(), ..world.config("m", &Right::ALL) };

    let restarted = Mounts::new(world.beside("data"));
    restarted.replace(vec![stored.clone()]).unwrap();
    assert!(restarted.status("m").unwrap().is_online());

    std::fs::rename(world.beside("m"), world.beside("storage")).unwrap();
    std::fs::create_dir(world.beside("m")).unwrap();
    let restarted = Mounts::new(world.beside("data"));
    restarted.replace(vec![stored]).unwrap();
    assert!(!restarted.status("m").unwrap().is_online());
}

#[test]
fn a_mount_is_replaced_with_the_registry_and_its_space_is_told() {
    let world = World::new();
    let info = world.mounts.info("m").unwrap();
    let space = info.space.unwrap();
    assert!(space.total_bytes > 0 && space.available_bytes <= space.total_bytes);
    world.mounts.replace(vec![world.config("outside", &[Right::Read])]).unwrap();
    assert!(matches!(world.mounts.stat("m", ""), Err(FilesError::UnknownMount(_))));
    assert!(world.mounts.stat("outside", "secret.txt").is_ok());
}
