//! Kinds: of a composition's content, and of an asset.

use serde::{Deserialize, Serialize};

/// Content kinds the standards define.
const CONTENT_KINDS: [&str; 16] = [
    "feature",
    "trailer",
    "test",
    "teaser",
    "rating",
    "advertisement",
    "short",
    "transitional",
    "psa",
    "policy",
    "clip",
    "promo",
    "stereocard",
    "episode",
    "highlights",
    "event",
];

/// A content kind as written, in lower case when it is one the standards define.
#[must_use]
pub fn content_kind(text: &str) -> String {
    let known = CONTENT_KINDS.iter().find(|kind| kind.eq_ignore_ascii_case(text));
    known.map_or_else(|| text.to_owned(), |kind| (*kind).to_owned())
}

/// What an asset is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AssetKind {
    /// A composition playlist.
    Composition,
    /// Picture track.
    Picture,
    /// Sound track.
    Sound,
    /// Subtitles.
    Subtitle,
    /// Captions.
    ClosedCaption,
    /// Immersive sound and other auxiliary tracks.
    Auxiliary,
    /// A font of Interop subtitles.
    Font,
    /// An image of Interop subtitles.
    Image,
    /// Anything else.
    Other,
}

impl AssetKind {
    /// The kind a packing list's type string hints at. A bare `text/xml` or `application/mxf` says
    /// nothing: the document's root or the composition decides.
    #[must_use]
    pub fn of_media_type(media_type: &str) -> Self {
        let text: String = media_type.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
        let asdcp_kind = text.split("asdcpkind=").nth(1);
        match (asdcp_kind, text.as_str()) {
            (Some("cpl"), _) => Self::Composition,
            (Some("picture"), _) => Self::Picture,
            (Some("sound"), _) => Self::Sound,
            (Some("subtitle"), _) => Self::Subtitle,
            (_, text) if text.starts_with("image/") => Self::Image,
            (_, text)
                if text.starts_with("font/") || ["ttf", "opentype", "font-"].iter().any(|word| text.contains(word)) =>
            {
                Self::Font
            }
            _ => Self::Other,
        }
    }
}

/// Whether an asset may be an XML document worth opening: a composition by type, or of a type that
/// does not tell.
#[must_use]
pub fn may_be_composition(media_type: &str, path: &str) -> bool {
    let text = media_type.trim().to_ascii_lowercase();
    match AssetKind::of_media_type(&text) {
        AssetKind::Composition => true,
        AssetKind::Other if text.is_empty() => path.to_ascii_lowercase().ends_with(".xml"),
        AssetKind::Other => text.contains("xml"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_content_kinds_lose_their_letter_case_and_others_stay() {
        assert_eq!(content_kind("Feature"), "feature");
        assert_eq!(content_kind("Preshow Loop"), "Preshow Loop");
    }

    #[test]
    fn type_strings_are_hints() {
        let of = AssetKind::of_media_type;
        assert_eq!(of("text/xml; asdcpKind=CPL"), AssetKind::Composition);
        assert_eq!(of("application/x-smpte-mxf;asdcpKind=Sound"), AssetKind::Sound);
        assert_eq!(of("application/x-font-opentype"), AssetKind::Font);
        assert_eq!(of("image/png"), AssetKind::Image);
        assert_eq!(of("application/mxf"), AssetKind::Other);
        assert!(may_be_composition("text/xml", "x"));
        assert!(may_be_composition("", "a/CPL.XML"));
        assert!(!may_be_composition("text/xml;asdcpKind=Subtitle", "x.xml"));
        assert!(!may_be_composition("application/mxf", "x.xml"));
    }
}
