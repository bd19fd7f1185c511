//! The code cache: what it holds is used again, and only when this host wrote it under that very name.

use crate::guests;
use lamp_engine::{CodeCache, Engine};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "code"))
        .collect();
    found.sort();
    found
}

/// Writing an entry renames a new file over it, so that another inode means: it was compiled.
fn inode(path: &Path) -> u64 {
    std::fs::metadata(path).unwrap().ino()
}

#[test]
fn a_second_load_does_not_compile_and_a_damaged_entry_is_compiled_anew() {
    let (folder, engine) = (TempDir::new().unwrap(), Engine::new().unwrap());
    let cache = CodeCache::open(folder.path()).unwrap();
    let component = &guests::hello().component;
    cache.component(&engine, component).unwrap();
    let [entry] = entries(folder.path()).try_into().unwrap();
    let first = inode(&entry);
    CodeCache::open(folder.path()).unwrap().component(&engine, component).unwrap();
    assert_eq!(inode(&entry), first, "taken from the cache");

    let good = std::fs::read(&entry).unwrap();
    for place in [0, 31, 32, 4_096, good.len() / 2, good.len() - 1] {
        let mut bad = good.clone();
        bad[place] ^= 0x40;
        spoil(&cache, &engine, &entry, &bad);
    }
    for bad in [&good[..0], &good[..20], &good[..good.len() - 1]] {
        spoil(&cache, &engine, &entry, bad);
    }
    assert_eq!(std::fs::read(&entry).unwrap().len(), good.len());
}

fn spoil(cache: &CodeCache, engine: &Engine, entry: &Path, bad: &[u8]) {
    std::fs::write(entry, bad).unwrap();
    let before = inode(entry);
    cache.component(engine, &guests::hello().component).unwrap();
    assert_ne!(inode(entry), before, "an entry of {} bytes was trusted", bad.len());
    assert_ne!(std::fs::read(entry).unwrap(), bad);
}

#[test]
fn entries_of_another_component_or_host_are_not_trusted() {
    let (folder, engine) = (TempDir::new().unwrap(), Engine::new().unwrap());
    let cache = CodeCache::open(folder.path()).unwrap();
    cache.component(&engine, &guests::hello().component).unwrap();
    let [hello] = entries(folder.path()).try_into().unwrap();
    cache.component(&engine, &guests::probe().component).unwrap();
    let probe = entries(folder.path()).into_iter().find(|path| *path != hello).unwrap();
    // Another plugin's code under this plugin's name carries a seal of this host, but not for this name.
    spoil(&cache, &engine, &hello, &std::fs::read(probe).unwrap());

    let elsewhere = TempDir::new().unwrap();
    CodeCache::open(elsewhere.path()).unwrap().component(&engine, &guests::hello().component).unwrap();
    let [foreign] = entries(elsewhere.path()).try_into().unwrap();
    spoil(&cache, &engine, &hello, &std::fs::read(foreign).unwrap());
}

#[test]
fn only_its_owner_can_reach_the_cache() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("code");
    let cache = CodeCache::open(&path).unwrap();
    cache.component(&Engine::new().unwrap(), &guests::hello().component).unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    for entry in std::fs::read_dir(&path).unwrap() {
        assert_eq!(mode(&entry.unwrap().path()), 0o600);
    }
}
