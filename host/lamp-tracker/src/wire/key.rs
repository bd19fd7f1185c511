//! The secret part of an announce URL: `/announce?passkey=<key>`, over HTTP and UDP alike.
//!
//! Every client keeps the query of an announce URL and adds its own parameters to it; the scrape URL is found by the
//! rule of BEP 48; clients with BEP 41 send path and query over UDP. The path begins with `/announce` because libtorrent
//! calls no other path on the loopback. The parameter is not `key`: that one belongs to the clients, which send a random
//! one of their own.

use super::WireError;
use std::fmt;
use std::hash::{Hash, Hasher};

/// The parameter of the query that holds the key.
pub const KEY_PARAMETER: &str = "passkey";
/// Longest key, in bytes. With its path it fits in one option of BEP 41 (255 bytes).
pub const MAX_KEY_BYTES: usize = 64;

/// The secret that tells who announces: 1 to 64 of `A-Z a-z 0-9 - _`. Its debug form does not show it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AccessKey {
    length: u8,
    bytes: [u8; MAX_KEY_BYTES],
}

impl AccessKey {
    /// Checks and wraps a text.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-' || *byte == b'_';
        if text.is_empty() || !text.iter().all(allowed) {
            return None;
        }
        let mut bytes = [0; MAX_KEY_BYTES];
        bytes.get_mut(..text.len())?.copy_from_slice(text);
        Some(Self { length: u8::try_from(text.len()).ok()?, bytes })
    }

    /// The secret.
    pub fn reveal(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }

    /// Path and query of the announce URL that carries this key.
    pub fn announce_path(&self) -> String {
        format!("/announce?{KEY_PARAMETER}={}", self.reveal())
    }
}

impl Hash for AccessKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // What follows the key is zeros in every key.
        self.bytes[..usize::from(self.length)].hash(state);
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccessKey(secret)")
    }
}

/// The key in the URL data of BEP 41: path and query of the announce URL. An empty text is a URL without a path.
pub fn key_in_url_data(data: &[u8]) -> Result<Option<AccessKey>, WireError> {
    let (path, query) = match data.iter().position(|byte| *byte == b'?') {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[][..]),
    };
    if !matches!(path, b"" | b"/" | b"/announce") {
        return Err(WireError::Path);
    }
    let mut key = None;
    for (name, value) in super::http::pairs(query) {
        if name == KEY_PARAMETER.as_bytes() {
            super::http::once(&mut key, AccessKey::parse(value), KEY_PARAMETER)?;
        }
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_bounded_and_never_shown() {
        assert!(AccessKey::parse(&[b'a'; MAX_KEY_BYTES]).is_some());
        for text in ["", "ä", "a b", "a/b", "%61", &"a".repeat(MAX_KEY_BYTES + 1)] {
            assert_eq!(AccessKey::parse(text.as_bytes()), None, "{text}");
        }
        let key = AccessKey::parse(b"hunter2").unwrap();
        assert_eq!(key.reveal(), "hunter2");
        assert!(!format!("{key:?}").contains("hunter2"));
        let longest = AccessKey::parse(&[b'a'; MAX_KEY_BYTES]).unwrap();
        assert!(longest.announce_path().len() <= 255, "one option of BEP 41");
    }

    #[test]
    fn url_data_carries_path_and_query() {
        let key = AccessKey::parse(b"abc").unwrap();
        assert_eq!(key_in_url_data(key.announce_path().as_bytes()), Ok(Some(key)));
        assert_eq!(key_in_url_data(b"/announce?x=y&passkey=abc&z"), Ok(Some(key)));
        for keyless in ["", "/", "/announce", "/announce?", "?a=b", "/announce?key=abc"] {
            assert_eq!(key_in_url_data(keyless.as_bytes()), Ok(None), "{keyless}");
        }
        for path in ["/scrape", "/abc", "announce", "/announce/", "//announce", "/abc/announce"] {
            assert_eq!(key_in_url_data(path.as_bytes()), Err(WireError::Path), "{path}");
        }
        assert_eq!(key_in_url_data(b"?passkey="), Err(WireError::Invalid("passkey")));
        assert_eq!(key_in_url_data(b"?passkey=a&passkey=b"), Err(WireError::Repeated("passkey")));
    }
}
