//! Which track headers the reader is going to ask for: a guess from the texts alone, so that they are fetched together.
//! A wrong guess costs a read and changes nothing.

use super::source::{Ahead, RootFiles};
use super::tree::join;
use crate::dcp::discover::is_asset_map;

/// Elements of a composition whose first track's header is looked at.
const ELEMENTS: [&str; 2] = ["MainPicture", "MainSound"];
const ID_LENGTH: usize = 36;

/// Paths in the mount of the first picture and the first sound of each composition.
pub fn tracks<'a>(root: &'a RootFiles, ahead: &'a Ahead) -> impl Iterator<Item = String> + 'a {
    let map = root.texts(ahead).find(|(path, _)| is_asset_map(path.rsplit('/').next().unwrap_or(path)));
    let map = map.and_then(|(_, bytes)| std::str::from_utf8(bytes).ok()).unwrap_or_default();
    let texts = root.texts(ahead).filter_map(|(_, bytes)| std::str::from_utf8(bytes).ok());
    let ids = texts.flat_map(|text| ELEMENTS.iter().filter_map(move |element| first_id(text, element)));
    ids.filter_map(move |id| path_of(map, id)).map(|path| join(&root.root, path)).filter(|path| root.has(path))
}

/// The first id after the first element of that name.
fn first_id<'a>(composition: &'a str, element: &str) -> Option<&'a str> {
    after(after(composition, element)?, "urn:uuid:")?.get(..ID_LENGTH)
}

fn path_of<'a>(map: &'a str, id: &str) -> Option<&'a str> {
    let path = after(after(map, id)?, "Path>")?;
    path.split_once('<').map(|(path, _)| path.trim())
}

fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    let at = memchr::memmem::find(text.as_bytes(), mark.as_bytes())?;
    text.get(at + mark.len()..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_picture_leads_to_its_file() {
        let id = "1ea26f99-7605-44c8-9fcd-a0a3984ff571";
        let composition = format!("<MainPicture>\n<Id>urn:uuid:{id}</Id></MainPicture><MainSound/>");
        let map = format!("<Id>urn:uuid:{id}</Id><ChunkList><Chunk><Path>a b.mxf</Path></Chunk></ChunkList>");
        assert_eq!(first_id(&composition, "MainPicture"), Some(id));
        assert_eq!(first_id(&composition, "MainSound"), None);
        assert_eq!(path_of(&map, id), Some("a b.mxf"));
        assert_eq!(path_of("", id), None);
    }
}
