//! A whole package on disk: tracks, playlists, packing list, asset map, volume index.

use crate::markup::Markup;
use crate::playlist::{self, Playlist};
use crate::random::Random;
use anyhow::{Context, Result};
use base64::Engine;
use sha1::{Digest, Sha1};
use std::path::Path;
use uuid::Uuid;

/// The two dialects in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// The older one, frozen in 2004.
    Interop,
    /// ST 429.
    Smpte,
}

/// What a part is in its reel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// Pictures.
    Picture,
    /// Pictures for both eyes.
    StereoscopicPicture,
    /// Sound.
    Sound,
    /// Subtitles on the screen.
    Subtitle,
    /// Captions on a device.
    Captions,
}

/// One part of a reel, as the playlist names it; its file may lie in another package.
#[derive(Debug, Clone)]
pub struct Part {
    /// Role in the reel.
    pub element: Element,
    /// Track file.
    pub id: Uuid,
    /// Frames.
    pub frames: u32,
    /// SHA-1 of the file, base64.
    pub hash: String,
    /// Key, when encrypted.
    pub key: Option<Uuid>,
    /// Pixels, of pictures.
    pub size: Option<(u32, u32)>,
    /// RFC 5646 tag.
    pub language: Option<String>,
}

/// One file besides playlists, packing list and asset map.
#[derive(Debug, Clone)]
pub struct File {
    /// Its id.
    pub id: Uuid,
    /// Path below the package, with forward slashes.
    pub path: String,
    /// Type in the packing list.
    pub kind: &'static str,
    /// Content.
    pub bytes: Vec<u8>,
}

/// A package before it is written.
#[derive(Debug, Clone)]
pub struct Package {
    /// Name of its folder, and annotation of its packing list.
    pub name: String,
    /// Dialect of its XML.
    pub dialect: Dialect,
    /// `IssueDate`.
    pub issued: String,
    /// Compositions.
    pub playlists: Vec<Playlist>,
    /// Its own files.
    pub files: Vec<File>,
}

/// One line of packing list and asset map.
struct Listed {
    id: Uuid,
    path: String,
    kind: &'static str,
    bytes: usize,
    hash: String,
}

impl Dialect {
    /// The one of two values that belongs to this dialect.
    pub fn choose<T>(self, interop: T, smpte: T) -> T {
        match self {
            Self::Interop => interop,
            Self::Smpte => smpte,
        }
    }
}

/// SHA-1 as packing lists write it.
pub fn hash(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(Sha1::digest(bytes))
}

impl Package {
    /// Writes the package below `folder`; ids that the model leaves open come from `random`.
    pub fn write(&self, folder: &Path, random: &mut Random) -> Result<()> {
        let root = folder.join(&self.name);
        let mut listed = Vec::new();
        for playlist in &self.playlists {
            let bytes = playlist::write(playlist, self.dialect);
            let kind = self.dialect.choose("text/xml;asdcpKind=CPL", "text/xml");
            let file = File { id: playlist.id, path: format!("CPL_{}.xml", playlist.id), kind, bytes };
            listed.push(put(&root, &file)?);
        }
        for file in &self.files {
            listed.push(put(&root, file)?);
        }
        let packing_list = random.uuid();
        let kind = self.dialect.choose("text/xml;asdcpKind=PKL", "text/xml");
        let bytes = self.packing_list(packing_list, &listed);
        let file = File { id: packing_list, path: format!("PKL_{packing_list}.xml"), kind, bytes };
        let packing_list = put(&root, &file)?;
        let ending = self.dialect.choose("", ".xml");
        save(&root, &format!("ASSETMAP{ending}"), &self.asset_map(random.uuid(), &packing_list, &listed))?;
        save(&root, &format!("VOLINDEX{ending}"), &self.volume_index())
    }

    fn packing_list(&self, id: Uuid, listed: &[Listed]) -> Vec<u8> {
        let namespace = self.dialect.choose(
            "http://www.digicine.com/PROTO-ASDCP-PKL-20040311#",
            "http://www.smpte-ra.org/schemas/429-8/2007/PKL",
        );
        let mut markup = Markup::new("PackingList", namespace);
        markup.id(id);
        markup.leaf("AnnotationText", &self.name);
        self.write_origin(&mut markup);
        markup.begin("AssetList");
        for item in listed {
            markup.begin("Asset");
            markup.id(item.id);
            markup.leaf("AnnotationText", &item.path);
            markup.leaf("Hash", &item.hash);
            markup.leaf("Size", &item.bytes.to_string());
            markup.leaf("Type", item.kind);
            markup.leaf("OriginalFileName", &item.path);
            markup.end();
        }
        markup.finish()
    }

    fn asset_map(&self, id: Uuid, packing_list: &Listed, listed: &[Listed]) -> Vec<u8> {
        let mut markup = Markup::new("AssetMap", self.asset_map_namespace());
        markup.id(id);
        if self.dialect == Dialect::Smpte {
            markup.leaf("AnnotationText", &self.name);
            markup.leaf("Creator", "Lamphouse demo packages");
        }
        markup.leaf("VolumeCount", "1");
        markup.leaf("IssueDate", &self.issued);
        markup.leaf("Issuer", "Lamphouse demo");
        if self.dialect == Dialect::Interop {
            markup.leaf("Creator", "Lamphouse demo packages");
        }
        markup.begin("AssetList");
        for (item, is_packing_list) in
            std::iter::once((packing_list, true)).chain(listed.iter().map(|item| (item, false)))
        {
            markup.begin("Asset");
            markup.id(item.id);
            if is_packing_list {
                markup.leaf("PackingList", self.dialect.choose("", "true"));
            }
            markup.begin("ChunkList");
            markup.begin("Chunk");
            markup.leaf("Path", &item.path);
            markup.leaf("VolumeIndex", "1");
            markup.leaf("Offset", "0");
            markup.leaf("Length", &item.bytes.to_string());
            for _ in 0..3 {
                markup.end();
            }
        }
        markup.finish()
    }

    fn volume_index(&self) -> Vec<u8> {
        let mut markup = Markup::new("VolumeIndex", self.asset_map_namespace());
        markup.leaf("Index", "1");
        markup.finish()
    }

    fn asset_map_namespace(&self) -> &'static str {
        self.dialect
            .choose("http://www.digicine.com/PROTO-ASDCP-AM-20040311#", "http://www.smpte-ra.org/schemas/429-9/2007/AM")
    }

    fn write_origin(&self, markup: &mut Markup) {
        markup.leaf("IssueDate", &self.issued);
        markup.leaf("Issuer", "Lamphouse demo");
        markup.leaf("Creator", "Lamphouse demo packages");
    }
}

fn put(root: &Path, file: &File) -> Result<Listed> {
    save(root, &file.path, &file.bytes)?;
    let (path, hash) = (file.path.clone(), hash(&file.bytes));
    Ok(Listed { id: file.id, path, kind: file.kind, bytes: file.bytes.len(), hash })
}

fn save(root: &Path, path: &str, bytes: &[u8]) -> Result<()> {
    let path = root.join(path);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    }
    std::fs::write(&path, bytes).with_context(|| format!("write {}", path.display()))
}
