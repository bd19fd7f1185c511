//! Decisions while walking storage: which names to pass over, and what makes a folder a package.

/// Names that are never looked at or entered: leavings of operating systems.
const SKIPPED: [&str; 11] = [
    ".DS_Store",
    "Thumbs.db",
    "desktop.ini",
    "__MACOSX",
    ".Trashes",
    ".Spotlight-V100",
    ".fseventsd",
    "$RECYCLE.BIN",
    "System Volume Information",
    "lost+found",
    ".TemporaryItems",
];

/// Whether a file or folder of that name is passed over.
#[must_use]
pub fn is_skipped(name: &str) -> bool {
    name.starts_with("._")
        || name.starts_with(".Trash")
        || SKIPPED.iter().any(|skipped| name.eq_ignore_ascii_case(skipped))
}

/// Whether a file of that name is an asset map: `ASSETMAP` or `ASSETMAP.xml`, in any letter case.
#[must_use]
pub fn is_asset_map(name: &str) -> bool {
    name.eq_ignore_ascii_case("ASSETMAP") || name.eq_ignore_ascii_case("ASSETMAP.xml")
}

/// Whether a file of that name is a volume index.
#[must_use]
pub fn is_volume_index(name: &str) -> bool {
    name.eq_ignore_ascii_case("VOLINDEX") || name.eq_ignore_ascii_case("VOLINDEX.xml")
}

/// Whether a folder holding files of these names is the root of a package. Sub-folders are
/// descended into all the same: packages lie inside each other.
pub fn is_package_root<'n>(file_names: impl IntoIterator<Item = &'n str>) -> bool {
    file_names.into_iter().any(is_asset_map)
}

/// The folders below a package root that are packages of their own, as prefixes ending in `/`,
/// out of the relative paths of all files below the root.
pub fn nested_roots<'p>(paths: impl IntoIterator<Item = &'p str>) -> Vec<&'p str> {
    paths
        .into_iter()
        .filter_map(|path| {
            let folder_end = path.rfind('/')? + 1;
            let (folder, name) = path.split_at_checked(folder_end)?;
            is_asset_map(name).then_some(folder)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asset_maps_match_without_case_and_exactly_otherwise() {
        assert!(is_package_root(["video.mxf", "assetmap.XML"]));
        assert!(is_package_root(["ASSETMAP"]));
        assert!(!is_package_root(["ASSETMAP_OLD.xml", "._ASSETMAP", "ASSETMAP.xml.bak"]));
        assert!(is_volume_index("VolIndex.xml"));
    }

    #[test]
    fn system_leavings_are_passed_over() {
        for name in ["._ASSETMAP", ".DS_Store", "thumbs.db", ".Trash-1000", "lost+found", "System Volume Information"] {
            assert!(is_skipped(name), "{name}");
        }
        for name in ["MXF", "ASSETMAP", "Trailer"] {
            assert!(!is_skipped(name), "{name}");
        }
    }

    #[test]
    fn inner_packages_are_seen() {
        let paths = ["ASSETMAP.xml", "a.mxf", "inner/ASSETMAP", "inner/deep/x.mxf", "x/y/assetmap.xml"];
        assert_eq!(nested_roots(paths), ["inner/", "x/y/"]);
    }
}
