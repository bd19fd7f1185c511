//! The shared samples with what another reader found in them.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// Their folder, or `None` with a loud word.
pub fn samples() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/dcp-samples");
    if root.join("expected").is_dir() {
        return Some(root.canonicalize().unwrap());
    }
    eprintln!("SKIPPED: there are no samples at {}", root.display());
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
