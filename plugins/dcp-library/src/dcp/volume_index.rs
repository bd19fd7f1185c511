//! The volume index: which of several volumes a folder is.

use super::xml::Element;

/// The number in a volume index document, from 1; `None` when it holds none.
#[must_use]
pub fn read(root: Element<'_>) -> Option<u32> {
    (root.name() == "VolumeIndex").then(|| root.child_text("Index"))??.parse().ok().filter(|index| *index > 0)
}

#[cfg(test)]
mod tests {
    use super::super::xml::Document;
    use super::*;

    #[test]
    fn the_index_is_read_from_the_right_root_only() {
        let index = |text: &str| read(Document::parse(text).unwrap().root());
        assert_eq!(index("<v:VolumeIndex xmlns:v='urn:x'><v:Index> 2 </v:Index></v:VolumeIndex>"), Some(2));
        assert_eq!(index("<VolumeIndex><Index>0</Index></VolumeIndex>"), None);
        assert_eq!(index("<Other><Index>2</Index></Other>"), None);
    }
}
