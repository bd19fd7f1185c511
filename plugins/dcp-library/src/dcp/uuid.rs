//! Identifiers as packages spell them: UUIDs in any of their written forms, and opaque leftovers.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Longest opaque identifier kept, in characters; the rest is cut off.
const OPAQUE_MAX_CHARS: usize = 200;

/// Identifier of an asset, a composition, a reel or a key.
///
/// JSON and display form: lower case, no prefix (`8-4-4-4-12`), or the trimmed text as it stands
/// when it is no UUID.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Id {
    /// A UUID, big-endian bytes.
    Uuid([u8; 16]),
    /// Anything else.
    Opaque(Box<str>),
}

impl Id {
    /// Reads an identifier: `urn:uuid:` in any letter case, bare, or in braces. `None` when empty.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return None;
        }
        let bare = strip_decoration(trimmed);
        Some(
            parse_hyphenated(bare)
                .map_or_else(|| Self::Opaque(trimmed.chars().take(OPAQUE_MAX_CHARS).collect()), Self::Uuid),
        )
    }

    /// Short bytes to find it by: the sixteen of a UUID, else its text.
    #[must_use]
    pub fn key(&self) -> &[u8] {
        match self {
            Self::Uuid(bytes) => bytes,
            Self::Opaque(text) => text.as_bytes(),
        }
    }

    /// The identifier of a key.
    #[must_use]
    pub fn from_key(key: &[u8]) -> Self {
        <[u8; 16]>::try_from(key).map_or_else(|_| Self::Opaque(String::from_utf8_lossy(key).into()), Self::Uuid)
    }

    /// Whether this is a real UUID.
    #[must_use]
    pub fn is_uuid(&self) -> bool {
        matches!(self, Self::Uuid(_))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opaque(text) => f.write_str(text),
            Self::Uuid(bytes) => {
                let mut buffer = [0_u8; 36];
                f.write_str(hyphenated(bytes, &mut buffer))
            }
        }
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Opaque(text) => serializer.serialize_str(text),
            Self::Uuid(bytes) => {
                let mut buffer = [0_u8; 36];
                serializer.serialize_str(hyphenated(bytes, &mut buffer))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("empty identifier"))
    }
}

fn strip_decoration(text: &str) -> &str {
    let bare = match text.get(..9) {
        Some(prefix) if prefix.eq_ignore_ascii_case("urn:uuid:") => text.get(9..).unwrap_or(""),
        _ => text,
    };
    let bare = bare.trim();
    bare.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(bare)
}

fn parse_hyphenated(text: &str) -> Option<[u8; 16]> {
    let text: &[u8; 36] = text.as_bytes().try_into().ok()?;
    let mut bytes = [0_u8; 16];
    let mut position = 0;
    for (index, slot) in bytes.iter_mut().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            if text.get(position) != Some(&b'-') {
                return None;
            }
            position += 1;
        }
        *slot = nibble(*text.get(position)?)? << 4 | nibble(*text.get(position + 1)?)?;
        position += 2;
    }
    Some(bytes)
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

fn hyphenated<'b>(bytes: &[u8; 16], buffer: &'b mut [u8; 36]) -> &'b str {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut slots = buffer.iter_mut();
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10)
            && let Some(slot) = slots.next()
        {
            *slot = b'-';
        }
        for digit in [byte >> 4, byte & 15] {
            if let Some(slot) = slots.next() {
                *slot = DIGITS.get(usize::from(digit)).copied().unwrap_or(b'0');
            }
        }
    }
    std::str::from_utf8(buffer).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_uuid_is_one_id() {
        let plain = Id::parse("01234567-89ab-cdef-0123-456789abcdef").unwrap();
        for spelling in [
            "urn:uuid:01234567-89ab-cdef-0123-456789abcdef",
            "URN:UUID:01234567-89AB-CDEF-0123-456789ABCDEF",
            "\n {01234567-89ab-CDEF-0123-456789abcdef} \t",
            "urn:uuid: 01234567-89ab-cdef-0123-456789abcdef",
        ] {
            assert_eq!(Id::parse(spelling), Some(plain.clone()), "{spelling}");
        }
        assert_eq!(plain.to_string(), "01234567-89ab-cdef-0123-456789abcdef");
    }

    #[test]
    fn other_text_is_kept_as_it_stands() {
        let id = Id::parse(" urn:uri:thing ").unwrap();
        assert!(!id.is_uuid());
        assert_eq!(id.to_string(), "urn:uri:thing");
        assert_eq!(Id::parse("  "), None);
        assert!(!Id::parse("0123456é-89ab-cdef-0123-456789abcde").unwrap().is_uuid());
    }

    #[test]
    fn json_is_the_bare_lower_case_form() {
        let id = Id::parse("urn:uuid:ABCDEF01-0000-4000-8000-000000000001").unwrap();
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, "\"abcdef01-0000-4000-8000-000000000001\"");
        assert_eq!(serde_json::from_str::<Id>(&json).unwrap(), id);
    }
}
