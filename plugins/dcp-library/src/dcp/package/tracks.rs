//! What a package knows about its tracks: which are listed, which are here, what their headers say.

use std::collections::{HashMap, HashSet};

use super::assets::{Located, Place};
use super::documents::Documents;
use super::{Asset, AssetState, TrackHeaders};
use crate::dcp::composition::{Composition, ReelAsset, Role, TrackFacts};
use crate::dcp::findings::Code;
use crate::dcp::mxf::{self, Header, HeaderError};
use crate::dcp::source::FileEntry;
use crate::dcp::uuid::Id;

/// Tracks without a usable header that are tried per composition and role before giving up.
const MAX_TRIES: usize = 8;

/// See [`TrackFacts`].
pub(super) struct Tracks<'a> {
    pub listed: HashSet<&'a Id>,
    pub present: HashSet<&'a Id>,
    pub headers: HashMap<Id, Header>,
}

impl TrackFacts for Tracks<'_> {
    fn is_listed(&self, id: &Id) -> bool {
        self.listed.contains(id)
    }

    fn is_present(&self, id: &Id) -> bool {
        self.present.contains(id)
    }

    fn header(&self, id: &Id) -> Option<&Header> {
        self.headers.get(id)
    }
}

impl<'a> Tracks<'a> {
    /// Tracks of a package; `listed` are the assets its packing lists name.
    pub fn new(listed: &'a [Asset]) -> Self {
        let here = |asset: &&Asset| {
            !matches!(asset.state, AssetState::Missing | AssetState::OtherVolume | AssetState::SizeMismatch)
        };
        Self {
            listed: listed.iter().map(|asset| &asset.id).collect(),
            present: listed.iter().filter(here).map(|asset| &asset.id).collect(),
            headers: HashMap::new(),
        }
    }

    /// Reads the headers the compositions need.
    pub fn read_headers(
        &mut self,
        compositions: &[Composition],
        located: &HashMap<&Id, &Located<'_>>,
        mode: TrackHeaders,
        documents: &mut Documents<'_>,
    ) {
        let roles: &[Role] = match mode {
            TrackHeaders::Skip => &[],
            TrackHeaders::AsNeeded => &[Role::Picture, Role::Sound],
            TrackHeaders::All => &[Role::Picture, Role::Sound, Role::Subtitle, Role::ClosedCaption, Role::Auxiliary],
        };
        let mut tried = HashSet::new();
        for composition in compositions {
            for role in roles {
                let mut tries = 0;
                for asset in composition.reels.iter().flat_map(|reel| &reel.assets).filter(|asset| asset.role == *role)
                {
                    let Some(file) = located.get(&asset.id).and_then(|located| single_mxf(located)) else {
                        continue;
                    };
                    if tried.insert(&asset.id) {
                        tries += 1;
                        self.read_header(asset, file, documents);
                    }
                    if mode == TrackHeaders::AsNeeded && (self.is_enough(asset) || tries >= MAX_TRIES) {
                        break;
                    }
                }
            }
        }
    }

    /// Whether a track's header gave what is wanted of its kind.
    fn is_enough(&self, asset: &ReelAsset) -> bool {
        self.headers.get(&asset.id).is_some_and(|header| match asset.role {
            Role::Picture => header.stored_size.is_some(),
            _ => header.channels.is_some(),
        })
    }

    fn read_header(&mut self, asset: &ReelAsset, file: &FileEntry, documents: &mut Documents<'_>) {
        let mut wanted = mxf::FIRST_READ_BYTES;
        let header = loop {
            let bytes = match documents.source.read(&file.path, 0, wanted) {
                Ok(bytes) => bytes,
                Err(error) => {
                    documents.findings.add(
                        Code::FileUnreadable,
                        Some(&file.path),
                        format!("it could not be read: {error}"),
                    );
                    documents.faults.broken = true;
                    return;
                }
            };
            match mxf::read_header(&bytes) {
                // Reading on only helps while the source gives all that was asked for.
                Err(HeaderError::NeedsMore { bytes: more }) if more > wanted && bytes.len() == wanted => wanted = more,
                Err(HeaderError::NeedsMore { .. }) => break Err(HeaderError::Damaged),
                other => break other,
            }
        };
        match header {
            Ok(header) => {
                check_header(asset, &header, &file.path, documents);
                self.headers.insert(asset.id.clone(), header);
            }
            Err(error) => documents.findings.add(Code::TrackHeaderUnreadable, Some(&file.path), error.to_string()),
        }
    }
}

/// The file of a track that is here in one piece; the header of one in pieces may be cut in two.
/// Interop subtitles are XML; everything else a reel plays is MXF, whatever its name.
fn single_mxf<'i>(located: &Located<'i>) -> Option<&'i FileEntry> {
    match located.files.as_slice() {
        [file] if located.place == Place::Here && !file.path.to_ascii_lowercase().ends_with(".xml") => Some(file),
        _ => None,
    }
}

fn check_header(asset: &ReelAsset, header: &Header, path: &str, documents: &mut Documents<'_>) {
    let mut differs = |message: String| documents.findings.add(Code::TrackHeaderDiffers, Some(path), message);
    if let Some(id) = header.asset_id.as_ref().filter(|id| **id != asset.id) {
        differs(format!("the track calls itself {id}, the composition calls it {}", asset.id));
    }
    match (header.encrypted, asset.key_id.is_some()) {
        (true, false) => differs("the track is encrypted, the composition names no key for it".to_owned()),
        (false, true) => differs("the composition names a key, the track is not encrypted".to_owned()),
        _ => {}
    }
    if let (Some(track), Some(stated)) = (header.container_duration, asset.intrinsic_duration_frames)
        && track < stated
    {
        differs(format!("the track lasts {track} edit units, the composition says {stated}"));
    }
}
