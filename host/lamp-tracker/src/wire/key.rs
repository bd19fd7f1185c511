//! The secret part of an announce URL and the paths it stands in.
//!
//! The key is a folder of the path, `/<key>/announce`: every client keeps the path of an announce URL over HTTP, the
//! scrape URL is still found by the rule of BEP 48 (`announce` in the last part becomes `scrape`), and clients with
//! BEP 41 send the path over UDP. A query parameter `key` belongs to the clients, which send a random one of their own.

use super::WireError;
use std::fmt;

/// Longest key, in bytes. With its path it fits in one option of BEP 41 (255 bytes).
pub const MAX_KEY_BYTES: usize = 64;

/// The secret that tells who announces: 1 to 64 of `A-Z a-z 0-9 - _`. Its debug form does not show it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
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

    /// The path of the announce URL that carries this key, for HTTP and UDP alike.
    pub fn announce_path(&self) -> String {
        format!("/{}/announce", self.reveal())
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccessKey(secret)")
    }
}

/// What a path asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// `/announce` or `/<key>/announce`.
    Announce(Option<AccessKey>),
    /// `/scrape` or `/<key>/scrape`.
    Scrape(Option<AccessKey>),
}

/// Reads a path without its query.
pub fn endpoint(path: &[u8]) -> Result<Endpoint, WireError> {
    let rest = path.strip_prefix(b"/").ok_or(WireError::Path)?;
    let (key, name) = match rest.iter().position(|byte| *byte == b'/') {
        None => (None, rest),
        Some(at) => (Some(AccessKey::parse(&rest[..at]).ok_or(WireError::Path)?), &rest[at + 1..]),
    };
    match name {
        b"announce" => Ok(Endpoint::Announce(key)),
        b"scrape" => Ok(Endpoint::Scrape(key)),
        _ => Err(WireError::Path),
    }
}

/// The key in the URL data of BEP 41: path and query of the announce URL. An empty text is a URL without a path.
pub fn key_in_url_data(data: &[u8]) -> Result<Option<AccessKey>, WireError> {
    let path = data.split(|byte| *byte == b'?').next().unwrap_or_default();
    if path.is_empty() || path == b"/" {
        return Ok(None);
    }
    match endpoint(path)? {
        Endpoint::Announce(key) => Ok(key),
        Endpoint::Scrape(_) => Err(WireError::Path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_at_most_one_key() {
        let key = AccessKey::parse(b"lk_a-1").unwrap();
        assert_eq!(endpoint(b"/announce"), Ok(Endpoint::Announce(None)));
        assert_eq!(endpoint(b"/lk_a-1/announce"), Ok(Endpoint::Announce(Some(key))));
        assert_eq!(endpoint(b"/lk_a-1/scrape"), Ok(Endpoint::Scrape(Some(key))));
        assert_eq!(endpoint(key.announce_path().as_bytes()), Ok(Endpoint::Announce(Some(key))));
        for path in
            ["", "/", "announce", "//announce", "/a/b/announce", "/a b/announce", "/%61/announce", "/k/announce/", "/k"]
        {
            assert_eq!(endpoint(path.as_bytes()), Err(WireError::Path), "{path}");
        }
    }

    #[test]
    fn a_key_is_bounded_and_never_shown() {
        assert!(AccessKey::parse(&[b'a'; MAX_KEY_BYTES]).is_some());
        assert_eq!(AccessKey::parse(&[b'a'; MAX_KEY_BYTES + 1]), None);
        assert_eq!(AccessKey::parse("ä".as_bytes()), None);
        let key = AccessKey::parse(b"hunter2").unwrap();
        assert_eq!(key.reveal(), "hunter2");
        assert!(!format!("{key:?}").contains("hunter2"));
    }

    #[test]
    fn url_data_carries_path_and_query() {
        let key = AccessKey::parse(b"abc").unwrap();
        assert_eq!(key_in_url_data(b"/abc/announce?x=y"), Ok(Some(key)));
        for keyless in ["", "/", "/announce", "?a=b"] {
            assert_eq!(key_in_url_data(keyless.as_bytes()), Ok(None), "{keyless}");
        }
        assert_eq!(key_in_url_data(b"/abc/scrape"), Err(WireError::Path));
        assert_eq!(key_in_url_data(b"/abc"), Err(WireError::Path));
    }
}
