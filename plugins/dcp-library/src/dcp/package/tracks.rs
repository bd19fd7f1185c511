//! What a package knows about its tracks: which are listed, which are here, what the files themselves say.

use std::collections::{HashMap, HashSet};

mod check;

use super::assets::{Located, Place};
use super::documents::Documents;
use super::{Asset, AssetState, TrackHeaders};
use crate::dcp::composition::{self, Composition, ReelAsset, Role, TrackFacts};
use crate::dcp::dialect::Dialect;
use crate::dcp::findings::Code;
use crate::dcp::mxf::{self, Header, HeaderError};
use crate::dcp::source::FileEntry;
use crate::dcp::subtitle;
use crate::dcp::uuid::Id;

/// Tracks without a usable header that are tried per composition and role before giving up.
const MAX_TRIES: usize = 8;

/// See [`TrackFacts`].
pub(super) struct Tracks<'a> {
    pub listed: HashSet<&'a Id>,
    pub present: HashSet<&'a Id>,
    pub headers: HashMap<Id, Header>,
    languages: HashMap<Id, String>,
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

    fn language(&self, id: &Id) -> Option<&str> {
        let in_header = || self.headers.get(id).and_then(|header| header.text_languages.first());
        self.languages.get(id).or_else(in_header).map(String::as_str)
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
            languages: HashMap::new(),
        }
    }

    /// Reads the headers the compositions need, and what text tracks say of their language where no composition does.
    pub fn read(
        &mut self,
        compositions: &[Composition],
        located: &HashMap<&Id, &Located<'_>>,
        mode: TrackHeaders,
        documents: &mut Documents<'_>,
    ) {
        const ROLES: [Role; 5] = [Role::Picture, Role::Sound, Role::Subtitle, Role::ClosedCaption, Role::Auxiliary];
        if mode == TrackHeaders::Skip {
            return;
        }
        let mut tried = HashSet::new();
        for composition in compositions {
            for role in ROLES {
                let mut tries = 0;
                let of_role =
                    |asset: &&ReelAsset| asset.role == role && (mode == TrackHeaders::All || lacks_facts(asset));
                for asset in composition.reels.iter().flat_map(|reel| &reel.assets).filter(of_role) {
                    let Some(located) = located.get(&asset.id).filter(|located| located.place == Place::Here) else {
                        continue;
                    };
                    if tried.insert(&asset.id) {
                        tries += 1;
                        self.read_track(asset, located, composition.standard, documents);
                    }
                    if mode == TrackHeaders::AsNeeded && (self.is_enough(asset) || tries >= MAX_TRIES) {
                        break;
                    }
                }
            }
        }
    }

    fn read_track(
        &mut self,
        asset: &ReelAsset,
        located: &Located<'_>,
        standard: Dialect,
        documents: &mut Documents<'_>,
    ) {
        match single_mxf(located) {
            Some(file) => self.read_header(asset, file, standard, documents),
            None if matches!(asset.role, Role::Subtitle | Role::ClosedCaption) => {
                let said = documents.read(&located.files, |root, report| subtitle::read(root, &asset.id, report));
                if let Some(language) = said.flatten() {
                    self.languages.insert(asset.id.clone(), language);
                }
            }
            None => {}
        }
    }

    /// Whether a track gave what is wanted of its kind.
    fn is_enough(&self, asset: &ReelAsset) -> bool {
        let header = self.headers.get(&asset.id);
        match asset.role {
            Role::Picture => header.is_some_and(|header| header.stored_size.is_some()),
            Role::Sound => header.is_some_and(|header| header.channels.is_some()),
            Role::Subtitle | Role::ClosedCaption => self.language(&asset.id).is_some(),
            _ => header.is_some_and(|header| header.essence.is_some()),
        }
    }

    fn read_header(&mut self, asset: &ReelAsset, file: &FileEntry, standard: Dialect, documents: &mut Documents<'_>) {
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
                check::check_header(asset, &header, standard, &file.path, documents);
                self.headers.insert(asset.id.clone(), header);
            }
            Err(error) => documents.findings.add(Code::TrackHeaderUnreadable, Some(&file.path), error.to_string()),
        }
    }
}

/// Whether the composition leaves open what its file could tell. Of pictures and sounds, size and channels always are;
/// a text without language and an auxiliary track of unknown type are opened as well.
fn lacks_facts(asset: &ReelAsset) -> bool {
    match asset.role {
        Role::Subtitle | Role::ClosedCaption => asset.language.is_none(),
        Role::Auxiliary => asset.data_type.as_deref().is_some_and(|data_type| !composition::is_atmos(data_type)),
        _ => true,
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
