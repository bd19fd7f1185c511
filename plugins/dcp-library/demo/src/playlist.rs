//! Composition playlists of both dialects (ST 429-7, ST 429-16, and the Interop form).

use crate::markup::{Markup, urn};
use crate::package::{Dialect, Element, Part};
use uuid::Uuid;

const STEREO_INTEROP: &str = "http://www.digicine.com/schemas/437-Y/2007/Main-Stereo-Picture-CPL";
const STEREO_SMPTE: &str = "http://www.smpte-ra.org/schemas/429-10/2008/Main-Stereo-Picture-CPL";
const CAPTIONS_INTEROP: &str = "http://www.digicine.com/PROTO-ASDCP-CC-CPL-20070926#";
const CAPTIONS_SMPTE: &str = "http://www.smpte-ra.org/schemas/429-12/2008/TT";
const METADATA: &str = "http://www.smpte-ra.org/schemas/429-16/2014/CPL-Metadata";
const APPLICATION: &str = "http://isdcf.com/ns/cplmd/app";

/// One composition.
#[derive(Debug, Clone)]
pub struct Playlist {
    /// Its id.
    pub id: Uuid,
    /// `ContentTitleText`, by the naming convention.
    pub title: String,
    /// `ContentKind`.
    pub kind: String,
    /// `IssueDate`.
    pub issued: String,
    /// Frames a second.
    pub rate: u32,
    /// Reels with their parts.
    pub reels: Vec<Vec<Part>>,
    /// Composition metadata, in the newer dialect only.
    pub metadata: Option<Metadata>,
}

/// What the composition metadata says.
#[derive(Debug, Clone)]
pub struct Metadata {
    /// Sound field and channels, `51/L,R,C,LFE,Ls,Rs`.
    pub sound: String,
    /// Pixels of the picture.
    pub size: (u32, u32),
    /// Languages of the subtitles, blank-separated.
    pub subtitles: String,
}

/// The file's bytes.
pub fn write(playlist: &Playlist, dialect: Dialect) -> Vec<u8> {
    let namespace = match dialect {
        Dialect::Interop => "http://www.digicine.com/PROTO-ASDCP-CPL-20040511#",
        Dialect::Smpte => "http://www.smpte-ra.org/schemas/429-7/2006/CPL",
    };
    let mut markup = Markup::new("CompositionPlaylist", namespace);
    markup.id(playlist.id);
    markup.leaf("AnnotationText", &playlist.title);
    markup.leaf("IssueDate", &playlist.issued);
    markup.leaf("Issuer", "Lamphouse demo");
    markup.leaf("Creator", "Lamphouse demo packages");
    markup.leaf("ContentTitleText", &playlist.title);
    markup.leaf("ContentKind", &playlist.kind);
    markup.begin("ContentVersion");
    markup.id(playlist.id);
    markup.leaf("LabelText", &playlist.title);
    markup.end();
    markup.leaf("RatingList", "");
    markup.begin("ReelList");
    for (index, parts) in playlist.reels.iter().enumerate() {
        write_reel(&mut markup, playlist, index, parts, dialect);
    }
    markup.finish()
}

fn write_reel(markup: &mut Markup, playlist: &Playlist, index: usize, parts: &[Part], dialect: Dialect) {
    markup.begin("Reel");
    markup.id(derived(playlist.id, index as u128 + 1));
    markup.begin("AssetList");
    for part in parts {
        write_part(markup, part, playlist.rate, dialect);
    }
    if let (0, Some(metadata), Dialect::Smpte) = (index, &playlist.metadata, dialect) {
        write_metadata(markup, playlist, metadata);
    }
    markup.end();
    markup.end();
}

/// An id that follows from another, for things that nothing refers to.
fn derived(id: Uuid, by: u128) -> Uuid {
    uuid::Builder::from_random_bytes((id.as_u128() ^ (by << 64) ^ by).to_be_bytes()).into_uuid()
}

fn write_part(markup: &mut Markup, part: &Part, rate: u32, dialect: Dialect) {
    let interop = dialect == Dialect::Interop;
    match part.element {
        Element::Picture => markup.begin("MainPicture"),
        Element::StereoscopicPicture => {
            let namespace = if interop { STEREO_INTEROP } else { STEREO_SMPTE };
            markup.begin_with("msp:MainStereoscopicPicture", &[("xmlns:msp", namespace)]);
        }
        Element::Sound => markup.begin("MainSound"),
        Element::Subtitle => markup.begin("MainSubtitle"),
        Element::Captions if interop => markup.begin_with("cc:MainClosedCaption", &[("xmlns:cc", CAPTIONS_INTEROP)]),
        Element::Captions => markup.begin_with("tt:ClosedCaption", &[("xmlns:tt", CAPTIONS_SMPTE)]),
    }
    markup.id(part.id);
    markup.leaf("EditRate", &format!("{rate} 1"));
    markup.leaf("IntrinsicDuration", &part.frames.to_string());
    markup.leaf("EntryPoint", "0");
    markup.leaf("Duration", &part.frames.to_string());
    if let Some(key) = part.key {
        markup.leaf("KeyId", &urn(key));
    }
    markup.leaf("Hash", &part.hash);
    if let Some((width, height)) = part.size {
        let pictures = if part.element == Element::StereoscopicPicture { rate * 2 } else { rate };
        markup.leaf("FrameRate", &format!("{pictures} 1"));
        let ratio =
            if interop { format!("{:.2}", f64::from(width) / f64::from(height)) } else { format!("{width} {height}") };
        markup.leaf("ScreenAspectRatio", &ratio);
    }
    if let Some(language) = &part.language {
        markup.leaf("Language", language);
    }
    markup.end();
}

fn write_metadata(markup: &mut Markup, playlist: &Playlist, metadata: &Metadata) {
    let (width, height) = metadata.size;
    markup.begin_with("meta:CompositionMetadataAsset", &[("xmlns:meta", METADATA)]);
    markup.id(derived(playlist.id, 0xffff));
    markup.leaf("EditRate", &format!("{} 1", playlist.rate));
    markup.leaf(
        "IntrinsicDuration",
        &playlist.reels.first().and_then(|parts| parts.first()).map_or(0, |part| part.frames).to_string(),
    );
    markup.leaf_with("meta:FullContentTitleText", &[("language", "en")], &playlist.title);
    markup.leaf("meta:ReleaseTerritory", "001");
    markup.leaf_with("meta:VersionNumber", &[("status", "final")], "1");
    markup.leaf("meta:Facility", "Lamphouse");
    markup.leaf("meta:MainSoundConfiguration", &metadata.sound);
    markup.leaf("meta:MainSoundSampleRate", "48000 1");
    for area in ["meta:MainPictureStoredArea", "meta:MainPictureActiveArea"] {
        markup.begin(area);
        markup.leaf("meta:Width", &width.to_string());
        markup.leaf("meta:Height", &height.to_string());
        markup.end();
    }
    if !metadata.subtitles.is_empty() {
        markup.leaf("meta:MainSubtitleLanguageList", &metadata.subtitles);
    }
    markup.begin("meta:ExtensionMetadataList");
    markup.begin_with("meta:ExtensionMetadata", &[("scope", APPLICATION)]);
    markup.leaf("meta:Name", "Application");
    markup.begin("meta:PropertyList");
    markup.begin("meta:Property");
    markup.leaf("meta:Name", "DCP Constraints Profile");
    markup.leaf("meta:Value", "SMPTE-RDD-52:2020-Bv2.1");
    for _ in 0..5 {
        markup.end();
    }
}
