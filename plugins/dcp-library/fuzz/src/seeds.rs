//! What fuzzing starts from: the shared samples, read where they lie.

use super::Tree;
use dcp_library::dcp::discover::is_asset_map;
use std::collections::BTreeMap;
use std::io::{Error, Read as _, Result};
use std::path::{Path, PathBuf};

/// A delivery message, for a folder that holds nothing else.
const MESSAGE: &[u8] = include_bytes!("../seeds/kdm/message.xml");
/// Bytes kept of a document, and of any other file.
const DOCUMENT_BYTES: u64 = 64 * 1024;
const TRACK_BYTES: u64 = 8 * 1024;

/// Writes one file for every package below the samples of the folder `LAMPHOUSE_SHARED` names, and one with a delivery
/// message, into the folder `LAMPHOUSE_SEEDS` names; does nothing when either is not set. Track files are cut after their header, so that an
/// input stays small.
///
/// # Errors
/// A sample that cannot be read, or a seed that cannot be written.
pub fn write_packages() -> Result<()> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let (Some(shared), Some(to)) = (folder("LAMPHOUSE_SHARED"), folder("LAMPHOUSE_SEEDS")) else { return Ok(()) };
    let mut seeds = vec![Tree::pack(&BTreeMap::from([("keys/message.xml".to_owned(), MESSAGE.to_vec())]))];
    packages(&shared.join("dcp-samples"), &mut seeds)?;
    let mut seeds = seeds.iter().enumerate();
    seeds.try_for_each(|(index, seed)| std::fs::write(to.join(format!("package-{index:03}")), seed))
}

/// Packs a folder that is a package, and looks below it for more.
fn packages(folder: &Path, seeds: &mut Vec<Vec<u8>>) -> Result<()> {
    let mut folders = Vec::new();
    let mut is_package = false;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders.push(entry.path());
        } else {
            is_package |= is_asset_map(&entry.file_name().to_string_lossy());
        }
    }
    if is_package {
        let mut files = BTreeMap::new();
        collect(folder, folder, &mut files)?;
        seeds.push(Tree::pack(&files));
    }
    folders.sort();
    folders.iter().try_for_each(|folder| packages(folder, seeds))
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path: PathBuf = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
            continue;
        }
        let name = path.strip_prefix(root).map_err(Error::other)?.to_string_lossy().into_owned();
        let is_track = name.to_ascii_lowercase().ends_with(".mxf");
        let mut bytes = Vec::new();
        let most = if is_track { TRACK_BYTES } else { DOCUMENT_BYTES };
        std::fs::File::open(&path)?.take(most).read_to_end(&mut bytes)?;
        files.insert(name, bytes);
    }
    Ok(())
}
