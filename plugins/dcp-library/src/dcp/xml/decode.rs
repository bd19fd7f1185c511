//! From bytes to text: byte order marks, UTF-16, and the encodings a declaration may name.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::{MAX_BYTES, XmlError};

/// A document as text.
#[derive(Debug)]
pub struct Decoded<'b> {
    /// The text, without byte order mark; borrowed when the bytes already are UTF-8.
    pub text: Cow<'b, str>,
    /// Whether bytes that fit no character were replaced.
    pub damaged: bool,
}

/// Decodes a document: by its byte order mark, else by its declaration, else as UTF-8.
///
/// # Errors
/// [`XmlError::Empty`] and [`XmlError::TooLarge`]; undecodable bytes are replaced, not refused.
pub fn decode(bytes: &[u8]) -> Result<Decoded<'_>, XmlError> {
    if bytes.len() > MAX_BYTES {
        return Err(XmlError::TooLarge { bytes: bytes.len() as u64 });
    }
    let (encoding, body) = match Encoding::for_bom(bytes) {
        Some((encoding, mark_len)) => (encoding, bytes.get(mark_len..).unwrap_or_default()),
        None => (encoding_of(bytes), bytes),
    };
    let decoded = match std::str::from_utf8(body) {
        Ok(text) if encoding == UTF_8 => Decoded { text: Cow::Borrowed(text), damaged: false },
        _ => {
            let (text, damaged) = encoding.decode_without_bom_handling(body);
            Decoded { text, damaged }
        }
    };
    if decoded.text.trim().is_empty() { Err(XmlError::Empty) } else { Ok(decoded) }
}

/// Encoding of a document without mark: UTF-16 by its first two bytes, else as declared. A
/// declaration that names UTF-16 in single-byte text cannot be true and counts as UTF-8.
fn encoding_of(bytes: &[u8]) -> &'static Encoding {
    match bytes {
        [b'<', 0, ..] => UTF_16LE,
        [0, b'<', ..] => UTF_16BE,
        _ => declared_label(bytes)
            .and_then(Encoding::for_label)
            .filter(|encoding| encoding.is_ascii_compatible())
            .unwrap_or(UTF_8),
    }
}

fn declared_label(bytes: &[u8]) -> Option<&[u8]> {
    const DECLARATION_MAX_BYTES: usize = 200;
    let head = bytes.get(..bytes.len().min(DECLARATION_MAX_BYTES))?;
    let head = head.trim_ascii_start().strip_prefix(b"<?xml")?;
    let end = head.windows(2).position(|pair| pair == b"?>")?;
    let declaration = head.get(..end)?;
    let start = declaration.windows(8).position(|word| word == b"encoding")? + 8;
    let value = declaration.get(start..)?.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (quote, value) = value.split_first()?;
    let end = value.iter().position(|byte| byte == quote)?;
    value.get(..end)
}
