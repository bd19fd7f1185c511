//! Small packages of our own making, written as files.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};
use uuid::Uuid;

const AM: &str = "http://www.smpte-ra.org/schemas/429-9/2007/AM";
const PKL: &str = "http://www.smpte-ra.org/schemas/429-8/2007/PKL";
const CPL: &str = "http://www.smpte-ra.org/schemas/429-7/2006/CPL";

/// The files of a package, each with name and bytes; the track comes last.
pub struct Files(pub Vec<(String, Vec<u8>)>);

/// The id of a part of a package: `cpl`, `track`, `key` and the like.
pub fn id_of(name: &str, part: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{name}/{part}").as_bytes())
}

/// A package that is right: one composition with one sound track of `track_bytes`.
pub fn files(name: &str, kind: &str, track_bytes: usize) -> Files {
    with_key(name, kind, track_bytes, "")
}

/// The same with a track that a composition calls encrypted, with the package's `key`.
pub fn encrypted(name: &str) -> Files {
    with_key(name, "feature", 2_000, &format!("<KeyId>urn:uuid:{}</KeyId>", id_of(name, "key")))
}

fn with_key(name: &str, kind: &str, track_bytes: usize, key: &str) -> Files {
    let id = |part: &str| id_of(name, part);
    let track: Vec<u8> = (0..track_bytes).map(|index| (index * 31 % 251) as u8).collect();
    let cpl = composition(name, kind, key, &id);
    let assets =
        format!("{}{}", listed(id("cpl"), cpl.as_bytes(), "text/xml"), listed(id("track"), &track, "application/mxf"));
    let pkl = document("PackingList", PKL, id("pkl"), name, &format!("<AssetList>{assets}</AssetList>"));
    let mapped = [("pkl", "pkl.xml", pkl.len(), true), ("cpl", "cpl.xml", cpl.len(), false)]
        .map(|(part, path, length, is_list)| chunk(id(part), path, length, is_list))
        .concat()
        + &chunk(id("track"), "track.mxf", track.len(), false);
    let body = format!("<VolumeCount>1</VolumeCount><AssetList>{mapped}</AssetList>");
    let map = document("AssetMap", AM, id("map"), name, &body);
    let volume = format!("<?xml version=\"1.0\"?><VolumeIndex xmlns=\"{AM}\"><Index>1</Index></VolumeIndex>");
    Files(vec![
        ("ASSETMAP.xml".to_owned(), map.into_bytes()),
        ("VOLINDEX.xml".to_owned(), volume.into_bytes()),
        ("pkl.xml".to_owned(), pkl.into_bytes()),
        ("cpl.xml".to_owned(), cpl.into_bytes()),
        ("track.mxf".to_owned(), track),
    ])
}

impl Files {
    pub fn write(&self, folder: &Path) {
        std::fs::create_dir_all(folder).unwrap();
        for (name, bytes) in &self.0 {
            std::fs::write(folder.join(name), bytes).unwrap();
        }
    }

    /// Replaces a piece of a file's text, which must be there.
    pub fn replace(&mut self, file: &str, from: &str, to: &str) {
        let (_, bytes) = self.0.iter_mut().find(|(name, _)| name == file).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        *bytes = text.replacen(from, to, 1).into_bytes();
    }
}

/// Writes a right package.
pub fn write(folder: &Path, name: &str) {
    files(name, "trailer", 2_000).write(&folder.join(name));
}

fn document(root: &str, namespace: &str, id: Uuid, name: &str, body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} xmlns=\"{namespace}\"><Id>urn:uuid:{id}</Id>\
         <AnnotationText>{name}</AnnotationText><IssueDate>2026-01-01T10:00:00+00:00</IssueDate>\
         <Issuer>Tests</Issuer><Creator>Tests</Creator>{body}</{root}>"
    )
}

fn composition(name: &str, kind: &str, key: &str, id: &dyn Fn(&str) -> Uuid) -> String {
    let (reel, track) = (id("reel"), id("track"));
    let body = format!(
        "<ContentTitleText>{name}</ContentTitleText><ContentKind>{kind}</ContentKind><RatingList/><ReelList><Reel>\
         <Id>urn:uuid:{reel}</Id><AssetList><MainSound><Id>urn:uuid:{track}</Id><EditRate>24 1</EditRate>\
         <IntrinsicDuration>48</IntrinsicDuration><EntryPoint>0</EntryPoint><Duration>48</Duration>{key}</MainSound>\
         </AssetList></Reel></ReelList>"
    );
    document("CompositionPlaylist", CPL, id("cpl"), name, &body)
}

fn listed(id: Uuid, bytes: &[u8], kind: &str) -> String {
    let hash = STANDARD.encode(Sha1::digest(bytes));
    let size = bytes.len();
    format!("<Asset><Id>urn:uuid:{id}</Id><Hash>{hash}</Hash><Size>{size}</Size><Type>{kind}</Type></Asset>")
}

fn chunk(id: Uuid, path: &str, length: usize, is_list: bool) -> String {
    let mark = if is_list { "<PackingList>true</PackingList>" } else { "" };
    format!(
        "<Asset><Id>urn:uuid:{id}</Id>{mark}<ChunkList><Chunk><Path>{path}</Path><VolumeIndex>1</VolumeIndex>\
         <Offset>0</Offset><Length>{length}</Length></Chunk></ChunkList></Asset>"
    )
}
