//! Pages of folders and trees are complete, sorted and without repeats.

use super::support::World;
use crate::{FileKind, FilesError, FolderRecord, WalkOptions};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

#[test]
fn a_big_folder_is_paged_in_order_without_repeats() {
    let world = World::new();
    std::fs::create_dir(world.inside("big")).unwrap();
    for number in 0..5_000 {
        std::fs::write(world.inside(&format!("big/{number}")), b"").unwrap();
    }
    std::fs::write(world.inside("big").join(OsStr::from_bytes(b"bad-\xff")), b"").unwrap();
    std::fs::write(world.inside("big/.lamp-w-1.partial"), b"unfinished").unwrap();
    let mut names = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = world.mounts.list("m", "big", cursor.as_deref(), 700).unwrap();
        assert_eq!(page.skipped_names, 1);
        assert!(page.entries.len() <= 700);
        names.extend(page.entries.into_iter().map(|entry| entry.name));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let mut expected: Vec<String> = (0..5_000).map(|number| number.to_string()).collect();
    expected.sort_unstable();
    assert_eq!(names, expected);
    for limit in [0, 10_001] {
        assert!(matches!(world.mounts.list("m", "big", None, limit), Err(FilesError::Limit { .. })));
    }
}

fn plant(world: &World) {
    for path in ["a/b/c/1", "a/b/2", "a/3", "a-b/4", "a-b/c/5", "a.d/6", "b/7", "b/deep/er/8", "z"] {
        world.put(path, b"x");
    }
    std::fs::create_dir(world.inside("empty")).unwrap();
    world.link("a", "link-to-folder");
    world.link("..", "a/link-out");
}

fn paths(folders: &[FolderRecord]) -> Vec<&str> {
    folders.iter().map(|folder| folder.path.as_str()).collect()
}

#[test]
fn a_walk_in_pages_is_the_walk_in_one() {
    let world = World::new();
    plant(&world);
    let whole = world.mounts.walk("m", "", &WalkOptions::default()).unwrap();
    assert_eq!(whole.next, None);
    assert_eq!(
        paths(&whole.folders),
        ["", "a", "a/b", "a/b/c", "a-b", "a-b/c", "a.d", "b", "b/deep", "b/deep/er", "empty"]
    );
    for max_entries in 1..30 {
        let mut options = WalkOptions { max_entries, ..WalkOptions::default() };
        let mut folders = Vec::new();
        loop {
            let page = world.mounts.walk("m", "", &options).unwrap();
            folders.extend(page.folders);
            options.cursor = page.next;
            if options.cursor.is_none() {
                break;
            }
        }
        assert_eq!(folders, whole.folders, "pages of {max_entries}");
    }
}

#[test]
fn a_walk_marks_links_filters_files_and_keeps_to_its_depth() {
    let world = World::new();
    plant(&world);
    let whole = world.mounts.walk("m", "", &WalkOptions::default()).unwrap();
    let link = whole.folders[0].entries.iter().find(|entry| entry.name == "link-to-folder").unwrap();
    assert!(link.is_link && link.stat.kind == FileKind::Folder);
    let out = whole.folders[1].entries.iter().find(|entry| entry.name == "link-out").unwrap();
    assert!(out.is_link);
    let shallow = WalkOptions { max_depth: 1, names: vec!["4*".to_owned()], ..WalkOptions::default() };
    let page = world.mounts.walk("m", "", &shallow).unwrap();
    assert_eq!(paths(&page.folders), ["", "a", "a-b", "a.d", "b", "empty"]);
    let files =
        page.folders.iter().flat_map(|folder| &folder.entries).filter(|entry| entry.stat.kind == FileKind::File);
    assert_eq!(files.map(|entry| entry.name.as_str()).collect::<Vec<_>>(), ["4"]);
    let below = world.mounts.walk("m", "a", &WalkOptions::default()).unwrap();
    assert_eq!(paths(&below.folders), ["a", "a/b", "a/b/c"]);
    let foreign = WalkOptions { cursor: Some("a-b".to_owned()), ..WalkOptions::default() };
    assert!(matches!(world.mounts.walk("m", "a", &foreign), Err(FilesError::Invalid(_))));
}

#[test]
fn a_walk_goes_on_after_its_cursor_was_removed() {
    let world = World::new();
    plant(&world);
    std::fs::remove_dir_all(world.inside("a/b")).unwrap();
    let options = WalkOptions { cursor: Some("a/b/c".to_owned()), ..WalkOptions::default() };
    let page = world.mounts.walk("m", "", &options).unwrap();
    assert_eq!(paths(&page.folders), ["a-b", "a-b/c", "a.d", "b", "b/deep", "b/deep/er", "empty"]);
}
