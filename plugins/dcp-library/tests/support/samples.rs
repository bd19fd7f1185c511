//! The shared samples with what another reader found in them.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The folder `dcp-samples` of the shared folder beside the project, or of the one `LAMPHOUSE_SHARED` names; `None` with
/// a loud word.
pub fn samples() -> Option<PathBuf> {
    shared("dcp-samples/expected").map(|expected| expected.parent().unwrap().to_path_buf())
}

/// A folder of the shared folder, or `None` with a loud word.
pub fn shared(folder: &str) -> Option<PathBuf> {
    // Cargo runs a test in its package; a path of compile time may be another checkout's with the same target folder.
    let beside = || PathBuf::from("../../../shared");
    let found = std::env::var_os("LAMPHOUSE_SHARED").map_or_else(beside, PathBuf::from).join(folder);
    if found.is_dir() {
        return Some(found.canonicalize().unwrap());
    }
    eprintln!("SKIPPED: there is no {}; LAMPHOUSE_SHARED names the folder that has it", found.display());
    None
}

/// Every answer file with the folder it is about: `truth-<parts joined by __>.json`, where the last part may be the
/// start of a folder's name.
pub fn cases(root: &Path) -> Vec<(PathBuf, Value)> {
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(root.join("expected")).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().strip_prefix("truth-").unwrap().to_owned();
        let folder = stem.split("__").fold(root.to_path_buf(), |folder, part| named(&folder, part));
        cases.push((folder, serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap()));
    }
    cases.sort_by(|one, other| one.0.cmp(&other.0));
    assert!(cases.len() >= 28, "only {} answers found", cases.len());
    cases
}

fn named(folder: &Path, start: &str) -> PathBuf {
    let exact = folder.join(start);
    if exact.is_dir() {
        return exact;
    }
    let mut entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.find(|path| path.file_name().unwrap().to_str().unwrap().starts_with(start)).unwrap()
}
