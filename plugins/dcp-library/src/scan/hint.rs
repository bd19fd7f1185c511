//! Which track headers the reader is going to ask for: a guess from the texts alone, so that they are fetched together.
//! A wrong guess costs a read and changes nothing.

use super::source::{Ahead, RootFiles};
use super::tree::join;
use crate::dcp::discover::is_asset_map;
use memchr::memmem::Finder;
use std::sync::LazyLock;

/// Starts of elements of a composition whose first track's header is looked at.
static ELEMENTS: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| ["MainPicture", "MainSound"].map(Finder::new));
static ID: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("urn:uuid:"));
static PATH: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("Path>"));
const ID_LENGTH: usize = 36;

/// Paths in the mount of the first picture and the first sound of each composition.
pub fn tracks<'a>(root: &'a RootFiles, ahead: &'a Ahead) -> impl Iterator<Item = String> + 'a {
    let map = root.texts(ahead).find(|(path, _)| is_asset_map(path.rsplit('/').next().unwrap_or(path)));
    let map = map.map(|(_, bytes)| bytes).unwrap_or_default();
    let ids =
        root.texts(ahead).flat_map(|(_, text)| ELEMENTS.iter().filter_map(move |element| first_id(text, element)));
    ids.filter_map(move |id| path_of(map, id)).map(|path| join(&root.root, path)).filter(|path| root.has(path))
}

/// The first id after the first element of that name.
fn first_id<'a>(composition: &'a [u8], element: &Finder<'_>) -> Option<&'a [u8]> {
    after(after(composition, element)?, &ID)?.get(..ID_LENGTH)
}

fn path_of<'a>(map: &'a [u8], id: &[u8]) -> Option<&'a str> {
    let path = after(after(map, &Finder::new(id))?, &PATH)?;
    let end = memchr::memchr(b'<', path)?;
    std::str::from_utf8(path.get(..end)?).ok().map(str::trim)
}

fn after<'a>(text: &'a [u8], mark: &Finder<'_>) -> Option<&'a [u8]> {
    text.get(mark.find(text)? + mark.needle().len()..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_picture_leads_to_its_file() {
        let id = "1ea26f99-7605-44c8-9fcd-a0a3984ff571";
        let composition = format!("<MainPicture>\n<Id>urn:uuid:{id}</Id></MainPicture><MainSound/>");
        let map = format!("<Id>urn:uuid:{id}</Id><ChunkList><Chunk><Path>a b.mxf</Path></Chunk></ChunkList>");
        assert_eq!(first_id(composition.as_bytes(), &ELEMENTS[0]), Some(id.as_bytes()));
        assert_eq!(first_id(composition.as_bytes(), &ELEMENTS[1]), None);
        assert_eq!(path_of(map.as_bytes(), id.as_bytes()), Some("a b.mxf"));
        assert_eq!(path_of(b"", id.as_bytes()), None);
    }
}
