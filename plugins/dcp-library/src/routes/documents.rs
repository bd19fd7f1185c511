//! The documents of a package as they are written: `GET /dcps/{uuid}/documents` and `GET /dcps/{uuid}/documents/raw`.
//! Only asset map, volume index, packing lists and compositions are given away, each by a name that the library knows.

use super::no_package;
use crate::catalogue::{self, Location};
use crate::dcp::discover::{is_asset_map, is_volume_index};
use crate::dcp::package::Package;
use crate::dcp::xml::{self, MAX_BYTES};
use crate::scan::{self, Look};
use lamphouse_plugin::Error;
use lamphouse_plugin::files::{self, Kind, Range};
use lamphouse_plugin::http::{Request, Response};
use serde_json::{Value, json};

/// Bytes of one read of the host.
const READ_BYTES: u64 = 8 << 20;

/// A document, relative to the package's folder.
struct Document {
    file: String,
    kind: &'static str,
}

/// The documents with their sizes; with `file` one of them as text.
pub fn documents(uuid: &str, request: &Request) -> Result<Response, Error> {
    let package = Opened::find(uuid)?;
    if let Some(file) = wanted(request) {
        let bytes = package.read(&file)?;
        let decoded = xml::decode(&bytes).map_err(|error| Error::Invalid(format!("{file}: {error}")))?;
        let shown = json!({
            "file": file, "size_bytes": bytes.len(), "text": decoded.text, "encoding_damaged": decoded.damaged,
        });
        return Ok(Response::json(200, &shown));
    }
    let paths: Vec<String> = package.documents.iter().map(|one| package.in_mount(&one.file)).collect();
    let stats = files::stat_many(&package.place.mount, &paths)?;
    let entry = |(one, stat): (&Document, Result<files::FileStat, Error>)| {
        let stat = stat.ok()?;
        Some(json!({ "file": one.file, "kind": one.kind, "size_bytes": stat.size_bytes }))
    };
    let shown: Vec<Value> = package.documents.iter().zip(stats).filter_map(entry).collect();
    Ok(Response::json(200, &shown))
}

/// The bytes of one document, to be kept as a file. They are for keeping, not for showing: the host
/// forbids that a browser runs or guesses anything.
pub fn raw(uuid: &str, request: &Request) -> Result<Response, Error> {
    let file = wanted(request).ok_or_else(|| Error::Invalid("file: name one of the documents".to_owned()))?;
    let bytes = Opened::find(uuid)?.read(&file)?;
    let name = file.rsplit('/').next().unwrap_or(&file);
    // What a header cannot hold is left out of the plain name and written in full beside it (RFC 6266).
    let plain: String =
        name.chars().map(|c| if c.is_ascii_graphic() && !"\"\\%".contains(c) { c } else { '_' }).collect();
    let full = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{full}");
    Ok(Response::with_type(200, "application/xml", bytes).header("content-disposition", &disposition))
}

fn wanted(request: &Request) -> Option<String> {
    request.query_pairs().into_iter().find(|(name, value)| name == "file" && !value.is_empty()).map(|(_, value)| value)
}

/// A package with the documents that may be read.
struct Opened {
    place: Location,
    documents: Vec<Document>,
}

impl Opened {
    fn find(uuid: &str) -> Result<Self, Error> {
        let stored = catalogue::find_package(uuid)?.ok_or_else(|| no_package(uuid))?;
        let package: Package = serde_json::from_str(&stored.detail)
            .map_err(|error| Error::Other(format!("the stored package cannot be read: {error}")))?;
        let place = catalogue::locations(&stored.id)?.into_iter().next().ok_or_else(|| no_package(uuid))?;
        if !place.reachable {
            return Err(Error::Unavailable(format!("{} cannot be read now; bring the mount back", place.mount)));
        }
        let folders = scan::list_many(&place.mount, std::slice::from_ref(&place.path), Look::Files)?;
        let entries = folders.iter().flat_map(|folder| &folder.entries);
        let names = entries.filter(|entry| entry.stat.kind == Kind::File).map(|entry| entry.name.as_str());
        let documents = documents_of(&package, names);
        Ok(Self { place, documents })
    }

    fn in_mount(&self, file: &str) -> String {
        if self.place.path.is_empty() { file.to_owned() } else { format!("{}/{file}", self.place.path) }
    }

    /// A whole document. Errors: `NotFound` for any other file, `Limit` for one larger than a document may be.
    fn read(&self, file: &str) -> Result<Vec<u8>, Error> {
        if !self.documents.iter().any(|one| one.file == file) {
            return Err(Error::NotFound(format!("the package has no document {file}; GET documents lists them")));
        }
        let path = self.in_mount(file);
        let size = files::stat(&self.place.mount, &path)?.size_bytes;
        if size > MAX_BYTES as u64 {
            return Err(Error::Limit(format!("{file} has {size} bytes; {MAX_BYTES} are shown at the most")));
        }
        let mut bytes = Vec::new();
        while (bytes.len() as u64) < size {
            let (offset, left) = (bytes.len() as u64, size - bytes.len() as u64);
            let length = u32::try_from(left.min(READ_BYTES)).unwrap_or(u32::MAX);
            let piece = files::read_range(&self.place.mount, &Range { path: path.clone(), offset, length })?;
            if piece.is_empty() {
                break;
            }
            bytes.extend(piece);
        }
        Ok(bytes)
    }
}

/// Asset map and volume index by their names, the others by what was read of the package; each once.
fn documents_of<'n>(package: &Package, names: impl Iterator<Item = &'n str>) -> Vec<Document> {
    let mut found: Vec<Document> = names
        .filter_map(|name| {
            let kind = if is_asset_map(name) {
                "asset_map"
            } else if is_volume_index(name) {
                "volume_index"
            } else {
                return None;
            };
            Some(Document { file: name.to_owned(), kind })
        })
        .collect();
    let lists = package.packing_lists.iter().map(|list| (list.file.as_deref(), "packing_list"));
    let compositions = package.compositions.iter().map(|composition| (Some(composition.file.as_str()), "composition"));
    for (file, kind) in lists.chain(compositions) {
        let Some(file) = file.filter(|file| !found.iter().any(|one| one.file == *file)) else { continue };
        found.push(Document { file: file.to_owned(), kind });
    }
    found
}
