//! No text and no link leads out of a mount.

use super::support::{SECRET, World, quietly};
use crate::copy::CopyRequest;
use crate::hash::{Algorithm, HashFile, HashPart, HashRequest};
use crate::trash::{PurgeRequest, RestoreRequest, TrashRequest};
use crate::{FilesError, ReadRequest, WalkOptions, check_path, copy, hash, trash};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Hostile texts; some are plain names for Linux and then stay in the mount.
const HOSTILE: [&str; 58] = [
    "..",
    "../",
    "../outside",
    "../outside/secret.txt",
    "../../etc/passwd",
    "/",
    "//",
    "/etc/passwd",
    "//etc/passwd",
    "./",
    ".",
    "./../outside/secret.txt",
    "a/..",
    "a/../..",
    "a/../../outside/secret.txt",
    "a/./b",
    "a//b",
    "a/",
    "a/../../../../../../../../etc/passwd",
    "..\\outside\\secret.txt",
    "..\\..\\etc\\passwd",
    "C:\\Windows\\win.ini",
    "C:/Windows/win.ini",
    "\\\\server\\share\\x",
    "//server/share/x",
    "file:///etc/passwd",
    "%2e%2e/outside/secret.txt",
    "%2e%2e%2foutside%2fsecret.txt",
    "..%2foutside",
    "..%c0%afoutside",
    "%252e%252e/outside",
    "..;/outside/secret.txt",
    ".../outside",
    "..../outside",
    "a\0",
    "\0",
    "../outside/secret.txt\0.jpg",
    "/proc/self/root/etc/passwd",
    "proc/self/root",
    "/dev/zero",
    "~/secret",
    "~root",
    "$HOME/x",
    "`id`",
    "-rf",
    "@list",
    "a\nb",
    "\u{1b}[2J",
    "\u{feff}../outside/secret.txt",
    "\u{ff0e}\u{ff0e}/outside/secret.txt",
    "\u{2025}/outside",
    "\u{202e}txt.exe",
    "..\u{2215}outside",
    "CON",
    "nul.txt",
    "trailing.",
    "trailing ",
    " ",
];

/// Links that were planted in the mount; each leads away, in a circle or nowhere.
const LINKS: [&str; 13] = [
    "absolute",
    "relative",
    "folder/secret.txt",
    "folder",
    "chain-1",
    "loop",
    "magic",
    "magic/etc/passwd",
    "dangling",
    "dangling-outside",
    "long-0",
    "up/outside/secret.txt",
    "self/../../outside/secret.txt",
];

fn plant_links(world: &World) {
    world.put("a/b.txt", b"inside");
    world.link(world.beside("outside/secret.txt"), "absolute");
    world.link("../outside/secret.txt", "relative");
    world.link("../outside", "folder");
    world.link("chain-2", "chain-1");
    world.link("absolute", "chain-2");
    world.link("loop", "loop");
    world.link("/proc/self/root", "magic");
    world.link("nowhere", "dangling");
    world.link("../outside/new.txt", "dangling-outside");
    world.link("..", "up");
    world.link(".", "self");
    for number in 0..41 {
        world.link(format!("long-{}", number + 1), &format!("long-{number}"));
    }
    world.put("long-41", b"inside");
}

/// Calls everything that takes a path. Shape: what was read, if anything.
fn call_all(world: &World, path: &str) -> Vec<Vec<u8>> {
    let mounts = &world.mounts;
    let mut read = Vec::new();
    let _ = mounts.stat("m", path);
    read.extend(mounts.read_range("m", path, 0, 1_000));
    let request = ReadRequest { path: path.to_owned(), offset: 0, max_len: 1_000 };
    read.extend(mounts.read_many("m", &[request]).unwrap().into_iter().flatten().map(|answer| answer.bytes));
    if let Ok(mut served) = mounts.open_for_serving("m", path) {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut served.file, &mut bytes).unwrap();
        read.push(bytes);
    }
    let listed = mounts.list("m", path, None, 100).map(|page| page.entries).unwrap_or_default();
    assert!(listed.iter().all(|entry| entry.name != "secret.txt"), "{path:?} lists the outside");
    if let Ok(page) = mounts.walk("m", path, &WalkOptions::default()) {
        let mut entries = page.folders.iter().flat_map(|folder| &folder.entries);
        assert!(entries.all(|entry| entry.name != "secret.txt"), "{path:?} walks the outside");
    }
    let part = HashPart { path: path.to_owned(), offset: 0, length: None };
    let file = HashFile { id: "1".to_owned(), mount: "m".to_owned(), parts: vec![part] };
    let request = HashRequest { algorithm: Algorithm::Blake3, files: vec![file] };
    let hashed = quietly(|control| hash::run(mounts, &request, None, control)).unwrap();
    let secret = blake3::hash(SECRET).to_hex().to_string();
    assert_ne!(hashed.files[0].digest_hex.as_ref(), Some(&secret), "{path:?} hashes the outside");
    let _ = quietly(|control| copy::run(mounts, &request_copy(path, "copied"), None, control));
    let _ = quietly(|control| copy::run(mounts, &request_copy("a/b.txt", path), None, control));
    let _ = quietly(|control| trash::purge(mounts, &purge_of(path), control));
    let _ = trash::restore(mounts, &restore_of(path, "restored"));
    let _ = trash::restore(mounts, &restore_of(".lamp-trash-x-y", path));
    if let Ok(trashed) = quietly(|control| trash::put(mounts, &trash_of(path), control)) {
        let name = path.rsplit('/').next().unwrap();
        trash::restore(mounts, &restore_of(&trashed.trash_path, name)).unwrap();
    }
    let _ = mounts.write_small("m", path, b"overwritten");
    let _ = mounts.remove("m", path);
    read
}

fn trash_of(path: &str) -> TrashRequest {
    TrashRequest { mount: "m".to_owned(), path: path.to_owned(), mark: "mark".to_owned() }
}

fn restore_of(trash_path: &str, name: &str) -> RestoreRequest {
    RestoreRequest { mount: "m".to_owned(), trash_path: trash_path.to_owned(), name: name.to_owned() }
}

fn purge_of(trash_path: &str) -> PurgeRequest {
    PurgeRequest { mount: "m".to_owned(), trash_path: trash_path.to_owned() }
}

fn request_copy(from: &str, to: &str) -> CopyRequest {
    CopyRequest {
        from_mount: "m".to_owned(),
        from_path: from.to_owned(),
        to_mount: "m".to_owned(),
        to_path: to.to_owned(),
        overwrite: true,
    }
}

#[test]
fn nothing_leads_out_of_a_mount() {
    let world = World::new();
    plant_links(&world);
    assert_eq!(call_all(&world, "a/b.txt"), [b"inside"; 3], "the calls work on a good path");
    for path in HOSTILE.iter().chain(&LINKS) {
        let world = World::new();
        plant_links(&world);
        let before = world.outside();
        let read = call_all(&world, path);
        assert!(read.iter().all(|bytes| bytes != SECRET && !bytes.starts_with(b"root:")), "{path:?} reads the outside");
        assert_eq!(world.outside(), before, "{path:?} changes the outside");
        let beside: Vec<_> =
            std::fs::read_dir(world.beside("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(beside.len(), 3, "{path:?} makes something beside the mount: {beside:?}");
        let copied = std::fs::read(world.inside("copied")).unwrap_or_default();
        assert_ne!(copied, SECRET, "{path:?} copies the outside");
    }
}

#[test]
fn refuses_texts_that_are_no_relative_path() {
    let long = "n".repeat(256);
    let deep = "d/".repeat(2_001) + "x";
    let bad = ["/", "/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", "a\0b", long.as_str(), deep.as_str()];
    for path in bad {
        assert!(matches!(check_path(path), Err(FilesError::InvalidPath { .. })), "{path:?}");
    }
    for path in ["", "a", "a/b", "...", "..a", "a..", "a\\b", "%2e%2e", "a\nb", "-", "@x", "é", "e\u{301}"] {
        assert!(check_path(path).is_ok(), "{path:?}");
    }
}

#[test]
fn names_that_linux_allows_come_back_unchanged_and_stay_apart() {
    let world = World::new();
    let names =
        ["é", "e\u{301}", "Case", "case", "a\nb", "\u{1b}[2J", "-rf", "@list", "a\\b", "CON", "dot.", " ", "\u{202e}x"];
    for name in names {
        world.mounts.write_small("m", &format!("names/{name}"), name.as_bytes()).unwrap();
    }
    let page = world.mounts.list("m", "names", None, 100).unwrap();
    let mut expected = names.to_vec();
    expected.sort_unstable();
    assert_eq!(page.entries.iter().map(|entry| entry.name.as_str()).collect::<Vec<_>>(), expected);
    for name in names {
        assert_eq!(world.mounts.read_range("m", &format!("names/{name}"), 0, 100).unwrap(), name.as_bytes());
    }
}

#[test]
fn links_inside_the_mount_are_followed_for_reading_and_never_for_writing() {
    let world = World::new();
    world.put("a/b.txt", b"inside");
    world.link("a", "alias");
    assert_eq!(world.mounts.read_range("m", "alias/b.txt", 0, 100).unwrap(), b"inside");
    let entry = &world.mounts.list("m", "", None, 10).unwrap().entries[1];
    assert!(entry.is_link && entry.stat.kind == crate::FileKind::Folder, "{entry:?}");
    assert!(matches!(world.mounts.write_small("m", "alias/b.txt", b"x"), Err(FilesError::Escapes { .. })));
    assert!(matches!(world.mounts.remove("m", "alias/b.txt"), Err(FilesError::Escapes { .. })));
    assert_eq!(std::fs::read(world.inside("a/b.txt")).unwrap(), b"inside");
}

#[test]
fn swapping_a_folder_for_a_link_never_leads_out() {
    let world = World::new();
    world.put("d/secret.txt", b"inside");
    world.link("../outside", "l");
    let before = world.outside();
    let stop = AtomicBool::new(false);
    let (mut reads, mut refusals) = (0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let (folder, link) = (world.inside("d"), world.inside("l"));
            while !stop.load(Ordering::Relaxed) {
                renameat_with(CWD, &folder, CWD, &link, RenameFlags::EXCHANGE).unwrap();
                std::thread::yield_now();
            }
        });
        // Both sides of the race are to be seen, however the machine shares its time.
        let begin = Instant::now();
        let mut turn = 0;
        while turn < 4_000 || (reads == 0 || refusals == 0) && begin.elapsed() < Duration::from_secs(60) {
            turn += 1;
            match world.mounts.read_range("m", "d/secret.txt", 0, 100) {
                Ok(bytes) => {
                    assert_eq!(bytes, b"inside");
                    reads += 1;
                }
                Err(_) => refusals += 1,
            }
            let _ = world.mounts.list("m", "d", None, 10);
            if turn % 20 == 0 {
                let _ = world.mounts.write_small("m", "d/new.txt", b"x");
                let _ = world.mounts.remove("m", "d/new.txt");
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert!(reads > 0 && refusals > 0, "the race was not run: {reads} reads, {refusals} refusals");
    assert_eq!(world.outside(), before);
}
