//! Facts about whole packages, good and hostile, built in memory.

mod details;
mod hostile;

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::*;
use crate::dcp::findings::Code;
use crate::dcp::link::relate;
use crate::dcp::source::{FileEntry, PackageSource, SourceError};

const NOW_MS: i64 = 10_000_000_000;
const AM: &str = "http://www.smpte-ra.org/schemas/429-9/2007/AM";
const PKL: &str = "http://www.smpte-ra.org/schemas/429-8/2007/PKL";
const CPL: &str = "http://www.smpte-ra.org/schemas/429-7/2006/CPL";
const HASH: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// A folder in memory. Gives at most 1000 bytes at a time and remembers what was read.
#[derive(Default)]
struct Memory {
    files: BTreeMap<String, Vec<u8>>,
    modified_ms: i64,
    reads: RefCell<Vec<String>>,
    unlistable: bool,
    unreadable: Option<String>,
}

impl PackageSource for Memory {
    fn name(&self) -> &str {
        "Folder"
    }

    fn list(&self) -> Result<Vec<FileEntry>, SourceError> {
        if self.unlistable {
            return Err(SourceError::Denied("no grant".into()));
        }
        let entry = |(path, bytes): (&String, &Vec<u8>)| FileEntry {
            path: path.clone(),
            size_bytes: bytes.len() as u64,
            modified_ms: self.modified_ms,
        };
        Ok(self.files.iter().map(entry).collect())
    }

    fn read(&self, path: &str, offset: u64, max_len: usize) -> Result<Vec<u8>, SourceError> {
        self.reads.borrow_mut().push(path.to_owned());
        if self.unreadable.as_deref() == Some(path) {
            return Err(SourceError::Storage("bad sector".into()));
        }
        let bytes = self.files.get(path).ok_or(SourceError::NotFound)?;
        let start = usize::try_from(offset).unwrap().min(bytes.len());
        Ok(bytes[start..bytes.len().min(start + max_len.min(1000))].to_vec())
    }
}

fn id(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn chunk(path: &str) -> String {
    format!("<Chunk><Path>{path}</Path></Chunk>")
}

fn map_asset(number: u32, chunks: &str) -> String {
    format!("<Asset><Id>urn:uuid:{}</Id><ChunkList>{chunks}</ChunkList></Asset>", id(number))
}

fn asset_map(namespace: &str, assets: &str) -> String {
    let list = map_asset(2, &chunk("pkl.xml")).replace("<ChunkList>", "<PackingList/><ChunkList>");
    format!(
        "<AssetMap xmlns='{namespace}'><Id>urn:uuid:{}</Id><VolumeCount>1</VolumeCount><AssetList>{list}{assets}</AssetList></AssetMap>",
        id(1)
    )
}

fn packed(number: u32, size: usize, media_type: &str) -> String {
    format!(
        "<Asset><Id>urn:uuid:{}</Id><Hash>{HASH}</Hash><Size>{size}</Size><Type>{media_type}</Type></Asset>",
        id(number)
    )
}

fn packing_list(assets: &str) -> String {
    format!("<PackingList xmlns='{PKL}'><Id>urn:uuid:{}</Id><AssetList>{assets}</AssetList></PackingList>", id(2))
}

fn track(element: &str, number: u32, more: &str) -> String {
    format!(
        "<{element}><Id>urn:uuid:{}</Id><EditRate>24 1</EditRate><IntrinsicDuration>48</IntrinsicDuration>{more}</{element}>",
        id(number)
    )
}

fn composition(tracks: &str) -> String {
    let title = "Night_TLR-1_F_EN-XX_INT_51_2K_AB_20200101_CD_SMPTE_OV";
    format!(
        "<CompositionPlaylist xmlns='{CPL}'><Id>urn:uuid:{}</Id><ContentTitleText>{title}</ContentTitleText><ContentKind>Trailer</ContentKind>\
         <ReelList><Reel><Id>urn:uuid:{}</Id><AssetList>{tracks}</AssetList></Reel></ReelList></CompositionPlaylist>",
        id(3),
        id(9)
    )
}

/// A sound SMPTE package: composition 3, picture 4 (40 bytes), sound 5 (50 bytes).
fn good() -> Memory {
    let cpl = composition(&(track("MainPicture", 4, "") + &track("MainSound", 5, "<Language>en</Language>")));
    let lists =
        packed(3, cpl.len(), "text/xml") + &packed(4, 40, "application/mxf") + &packed(5, 50, "application/mxf");
    let map = map_asset(3, &chunk("cpl.xml")) + &map_asset(4, &chunk("v.mxf")) + &map_asset(5, &chunk("a.mxf"));
    let mut folder = Memory::default();
    folder.put("ASSETMAP.xml", asset_map(AM, &map));
    folder.put("VOLINDEX.xml", format!("<VolumeIndex xmlns='{AM}'><Index>1</Index></VolumeIndex>"));
    folder.put("pkl.xml", packing_list(&lists));
    folder.put("cpl.xml", cpl);
    folder.put("v.mxf", vec![0; 40]);
    folder.put("a.mxf", vec![0; 50]);
    folder
}

impl Memory {
    fn put(&mut self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.files.insert(path.to_owned(), bytes.into());
    }

    fn edit(&mut self, path: &str, from: &str, to: &str) {
        let text = String::from_utf8(self.files[path].clone()).unwrap();
        assert!(text.contains(from), "{path} holds {from}");
        self.put(path, text.replace(from, to));
    }

    fn read_one(&self) -> Package {
        let mut packages = read_packages(self, NOW_MS, &Options::default());
        assert_eq!(packages.len(), 1);
        packages.remove(0)
    }
}

fn codes(package: &Package) -> Vec<Code> {
    package.findings.iter().map(|finding| finding.code).collect()
}

fn has(package: &Package, code: Code) -> bool {
    codes(package).contains(&code)
}

fn state_of(package: &Package, number: u32) -> AssetState {
    package.assets.iter().find(|asset| asset.id.to_string() == id(number)).unwrap().state
}

#[test]
fn a_good_package_is_complete_and_serialises_to_the_contract() {
    let package = good().read_one();
    assert_eq!(package.state, State::Complete, "{:?}", package.findings);
    let json = serde_json::to_value(&package).unwrap();
    assert_eq!(json["assetmap_uuid"], id(1));
    assert_eq!(
        (&json["content_kind"], &json["format"], &json["package_name"]),
        (&"trailer".into(), &"smpte".into(), &"Folder".into())
    );
    assert_eq!((&json["file_count"], &json["volume_count"]), (&6.into(), &1.into()));
    let composition = &json["compositions"][0];
    assert_eq!(composition["edit_rate"], serde_json::json!([24, 1]));
    assert_eq!((&composition["duration_frames"], &composition["duration_seconds"]), (&48.into(), &2.0.into()));
    assert_eq!((&composition["encryption"], &composition["resolution"]), (&"none".into(), &serde_json::Value::Null));
    assert_eq!(composition["languages"], serde_json::json!({"sound": ["en"], "subtitle": [], "closed_caption": []}));
    assert_eq!(composition["naming"]["studio"], "AB");
    let asset = &json["assets"][1];
    assert_eq!(
        (&asset["kind"], &asset["type"], &asset["state"]),
        (&"picture".into(), &"application/mxf".into(), &"unverified".into())
    );
    assert_eq!((&asset["path"], &asset["size_bytes"], &asset["pkl_hash"]), (&"v.mxf".into(), &40.into(), &HASH.into()));
    assert!(asset.get("verified_at").is_none());
    assert_eq!(package.key().unwrap(), format!("{}:{}", id(1), id(2)));
    assert_eq!(serde_json::from_value::<Package>(json).unwrap(), package);
}

#[test]
fn missing_files_make_it_incomplete_whatever_their_age() {
    let mut folder = good();
    folder.files.remove("a.mxf");
    for modified_ms in [0, NOW_MS] {
        folder.modified_ms = modified_ms;
        let package = folder.read_one();
        assert_eq!((package.state, state_of(&package, 5)), (State::Incomplete, AssetState::Missing));
        assert_eq!(package.assets[2].path.as_deref(), Some("a.mxf"));
        assert_eq!(package.compositions[0].missing_asset_ids.len(), 1);
        assert!(
            package.compositions[0].complete
                && package.findings.iter().any(|finding| finding.file.as_deref() == Some("a.mxf"))
        );
    }
    let mut folder = good();
    folder.files.remove("pkl.xml");
    let package = folder.read_one();
    assert_eq!((package.state, package.key()), (State::Incomplete, good().read_one().key()));
    assert!(has(&package, Code::PackingListMissing));
}

#[test]
fn a_list_without_hash_cannot_be_verified() {
    let mut folder = good();
    folder.edit("pkl.xml", &format!("<Hash>{HASH}</Hash>"), "");
    let package = folder.read_one();
    assert_eq!((package.state, state_of(&package, 4)), (State::Complete, AssetState::NoHash));
}

#[test]
fn chunks_are_joined_in_order_of_their_offset() {
    let mut folder = good();
    folder.files.remove("a.mxf");
    folder.put("a.1", vec![1; 20]);
    folder.put("a.2", vec![2; 30]);
    let chunks = "<Chunk><Path>a.2</Path><Offset>20</Offset></Chunk><Chunk><Path>a.1</Path><Offset>0</Offset></Chunk>";
    folder.edit("ASSETMAP.xml", &chunk("a.mxf"), chunks);
    let package = folder.read_one();
    let paths: Vec<_> = package.assets[2].chunks.iter().map(|chunk| chunk.path.as_deref().unwrap()).collect();
    assert_eq!(
        (paths, package.assets[2].actual_size_bytes, package.state),
        (vec!["a.1", "a.2"], Some(50), State::Complete)
    );
}

#[test]
fn a_folded_package_unfolds_to_what_it_was() {
    let mut folder = good();
    folder.edit("ASSETMAP.xml", "<Path>v.mxf</Path>", "<Path>v.mxf</Path><Length>40</Length>");
    folder.edit("ASSETMAP.xml", "<Path>a.mxf</Path>", "<Path>a.mxf</Path><VolumeIndex>2</VolumeIndex>");
    let package = folder.read_one();
    let mut folded = package.clone();
    folded.fold();
    let left: Vec<usize> = folded.assets.iter().map(|asset| asset.chunks.len()).collect();
    assert_eq!(left, [1, 0, 1], "a whole file of the length that the map tells needs no piece");
    let stored = serde_json::to_string(&folded).unwrap();
    let mut unfolded: Package = serde_json::from_str(&stored).unwrap();
    unfolded.unfold();
    assert_eq!(unfolded, package);
}

#[test]
fn assets_of_another_volume_are_not_missing() {
    let mut folder = good();
    folder.edit("ASSETMAP.xml", "<VolumeCount>1", "<VolumeCount>2");
    folder.edit("ASSETMAP.xml", "<Path>a.mxf</Path>", "<Path>a.mxf</Path><VolumeIndex>2</VolumeIndex>");
    folder.files.remove("a.mxf");
    let package = folder.read_one();
    assert_eq!((package.state, state_of(&package, 5)), (State::Incomplete, AssetState::OtherVolume));
    assert_eq!((package.volume_count, package.volume_index), (2, Some(1)));
    assert!(has(&package, Code::VolumeMissing) && !has(&package, Code::AssetMissing));
    folder.put("a.mxf", vec![0; 50]);
    let package = folder.read_one();
    assert_eq!(package.state, State::Complete, "both volumes in one folder");
}

#[test]
fn duplicates_take_the_file_that_is_here() {
    let mut folder = good();
    let twice = map_asset(5, &chunk("gone.mxf")) + &map_asset(5, &chunk("a.mxf"));
    folder.edit("ASSETMAP.xml", &map_asset(5, &chunk("a.mxf")), &twice);
    let package = folder.read_one();
    assert_eq!((package.state, package.assets[2].path.as_deref()), (State::Complete, Some("a.mxf")));
    assert!(has(&package, Code::DuplicateId));
}

#[test]
fn unmarked_packing_lists_are_found_by_their_root() {
    let mut folder = good();
    folder.edit("ASSETMAP.xml", "<PackingList/>", "");
    let package = folder.read_one();
    assert_eq!((package.state, package.packing_lists.len(), package.assets.len()), (State::Complete, 1, 3));
}

#[test]
fn assets_in_the_map_only_and_in_the_list_only_are_told() {
    let mut folder = good();
    folder.edit("ASSETMAP.xml", &map_asset(4, &chunk("v.mxf")), &map_asset(6, &chunk("v.mxf")));
    let package = folder.read_one();
    assert!(has(&package, Code::AssetNotMapped) && has(&package, Code::AssetNotListed));
    assert_eq!(
        (package.state, state_of(&package, 4), state_of(&package, 6)),
        (State::Incomplete, AssetState::Missing, AssetState::NoHash)
    );
}

#[test]
fn nested_packages_and_foreign_files_are_kept_apart() {
    let mut folder = good();
    folder.put("inner/ASSETMAP", "<AssetMap/>");
    folder.put("inner/x.mxf", "x");
    folder.put("notes.txt", "n");
    let package = folder.read_one();
    assert_eq!((package.foreign_files, package.state), (vec!["notes.txt".to_owned()], State::Complete));
    assert!(folder.reads.borrow().iter().all(|path| !path.starts_with("inner/")));
}

#[test]
fn two_asset_maps_are_one_package_or_two() {
    let interop = "http://www.digicine.com/PROTO-ASDCP-AM-20040311#";
    let mut folder = good();
    let smpte_map = String::from_utf8(folder.files["ASSETMAP.xml"].clone()).unwrap();
    folder.put("ASSETMAP", smpte_map.replace(AM, interop));
    let package = folder.read_one();
    assert_eq!((package.format, package.state), (Some(Format::Mixed), State::Complete));
    assert!(!has(&package, Code::IdRepeated) && !has(&package, Code::DuplicateId));
    let other = format!(
        "<AssetMap xmlns='{interop}'><Id>urn:uuid:{}</Id><AssetList>{}</AssetList></AssetMap>",
        id(77),
        map_asset(78, &chunk("v.mxf"))
    );
    folder.put("ASSETMAP", other);
    let packages = read_packages(&folder, NOW_MS, &Options::default());
    assert_eq!(packages.len(), 2);
    assert_ne!(packages[0].key(), packages[1].key());
    assert!(packages.iter().all(|package| package.foreign_files.is_empty()));
}

#[test]
fn a_version_file_is_complete_as_a_package_and_linked_by_ids() {
    let mut version = good();
    version.edit("ASSETMAP.xml", &map_asset(4, &chunk("v.mxf")), "");
    version.edit("pkl.xml", &packed(4, 40, "application/mxf"), "");
    version.files.remove("v.mxf");
    let (original, version) = (good().read_one(), version.read_one());
    assert_eq!(version.state, State::Complete);
    assert!(
        !version.compositions[0].complete && has(&version, Code::ExternalAssets) && has(&version, Code::ClaimDiffers)
    );
    let links = relate(&version, [(1, &original)]);
    assert_eq!((links.originals.len(), links.unresolved.len()), (1, 0));
    assert_eq!(relate(&version, Vec::<(u8, &Package)>::new()).unresolved.len(), 1);
    assert_eq!(relate(&original, [(1, &version)]).versions[&1].len(), 1);
}

#[test]
fn reels_that_cannot_play_are_errors() {
    let tracks =
        track("MainPicture", 4, "<EntryPoint>40</EntryPoint><Duration>24</Duration><FrameRate>fast</FrameRate>")
            + &track("MainSound", 5, "<KeyId>urn:uuid:1</KeyId>");
    let mut folder = good();
    let cpl = composition(&tracks);
    folder.edit(
        "pkl.xml",
        &format!("<Size>{}</Size>", folder.files["cpl.xml"].len()),
        &format!("<Size>{}</Size>", cpl.len()),
    );
    folder.put("cpl.xml", cpl);
    let package = folder.read_one();
    for code in [Code::DurationBeyondTrack, Code::ReelLengthDiffers, Code::NumberInvalid, Code::EncryptedUnsigned] {
        assert!(has(&package, code), "{code:?}");
    }
    assert_eq!(package.compositions[0].encryption, crate::dcp::composition::Encryption::Partial);
}
