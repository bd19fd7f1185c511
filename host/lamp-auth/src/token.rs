//! Secrets that prove who is calling. 256 random bits each; the database keeps only their SHA-256.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// How a session's token begins.
pub const SESSION_PREFIX: &str = "ls_";
/// How the secret of a registered server begins.
pub const SITE_PREFIX: &str = "lt_";
/// How an API key begins.
pub const KEY_PREFIX: &str = "lk_";
/// No token of ours is longer; longer ones are refused before they are hashed.
const MAX_TOKEN_BYTES: usize = 128;

/// A new secret, 43 characters of base64url.
pub(crate) fn secret() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// A new session token.
pub(crate) fn session() -> String {
    format!("{SESSION_PREFIX}{}", secret())
}

/// A new API key and its public first part, `lk_1a2b3c4d`.
pub(crate) fn api_key() -> (String, String) {
    let prefix = format!("{KEY_PREFIX}{}", hex::encode(rand::random::<[u8; 4]>()));
    (format!("{prefix}_{}", secret()), prefix)
}

/// What a presented text can be, judged by its first characters alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Session,
    Key,
    Site,
}

/// The shape of a presented text; none when it cannot be one of ours.
pub(crate) fn shape(text: &str) -> Option<Shape> {
    if text.len() > MAX_TOKEN_BYTES {
        None
    } else if text.starts_with(SESSION_PREFIX) {
        Some(Shape::Session)
    } else if text.starts_with(KEY_PREFIX) {
        Some(Shape::Key)
    } else if text.starts_with(SITE_PREFIX) {
        Some(Shape::Site)
    } else {
        None
    }
}

/// SHA-256 of a token.
pub(crate) fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// SHA-256 of a token as it is stored, hex.
pub(crate) fn stored(token: &str) -> String {
    hex::encode(digest(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_carry_256_random_bits_and_never_repeat() {
        let tokens: std::collections::BTreeSet<String> = (0..1_000).map(|_| session()).collect();
        assert_eq!(tokens.len(), 1_000);
        assert!(tokens.iter().all(|token| token.len() == SESSION_PREFIX.len() + 43));
        let (key, prefix) = api_key();
        assert!(key.starts_with(&format!("{prefix}_")) && prefix.len() == 11, "{prefix}");
    }

    #[test]
    fn shape_is_told_by_the_first_characters() {
        assert_eq!(shape("ls_abc"), Some(Shape::Session));
        assert_eq!(shape("lk_abc_def"), Some(Shape::Key));
        assert_eq!(shape("lt_abc"), Some(Shape::Site));
        for text in ["", "ls", "LS_abc", "eyJhbGciOiJub25lIn0.e30.", " ls_abc", &format!("ls_{}", "a".repeat(200))] {
            assert_eq!(shape(text), None, "{text}");
        }
    }
}
