//! Key, length, value: the layer below the metadata, and the header partition pack.

use super::{FIRST_READ_BYTES, HeaderError, MAX_HEADER_BYTES};

/// How far into a file the header partition may begin.
const RUN_IN_BYTES: usize = 64 * 1024;
/// First 14 bytes of a header partition pack's key; the next is its status.
const PARTITION_KEY: [u8; 14] = [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x05, 0x01, 0x01, 0x0d, 0x01, 0x02, 0x01, 0x01, 0x02];
/// Container label of encrypted essence, version byte ignored.
const ENCRYPTED_CONTAINER: [u8; 16] =
    [0x06, 0x0e, 0x2b, 0x34, 0x04, 0x01, 0x01, 0x07, 0x0d, 0x01, 0x03, 0x01, 0x02, 0x0b, 0x01, 0x00];

/// A header partition and the bytes of its metadata.
#[derive(Debug)]
pub(super) struct Partition<'b> {
    pub closed_complete: bool,
    pub interop_labels: bool,
    pub encrypted_container: bool,
    /// From the primer pack to the end of the header.
    pub metadata: &'b [u8],
}

/// One key, length, value.
#[derive(Debug)]
pub(super) struct Klv<'b> {
    pub key: [u8; 16],
    pub value: &'b [u8],
    pub rest: &'b [u8],
}

/// Splits off the first item; `None` when the bytes break off inside it.
pub(super) fn next(bytes: &[u8]) -> Option<Klv<'_>> {
    let (key, after_key) = bytes.split_first_chunk::<16>()?;
    let (first, after_first) = after_key.split_first()?;
    let (length, after_length) = if *first < 0x80 {
        (usize::from(*first), after_first)
    } else {
        let (digits, rest) =
            after_first.split_at_checked(usize::from(first & 0x7f)).filter(|(digits, _)| digits.len() <= 8)?;
        let length = digits.iter().fold(0_u64, |sum, digit| sum << 8 | u64::from(*digit));
        (usize::try_from(length).ok()?, rest)
    };
    let (value, rest) = after_length.split_at_checked(length)?;
    Some(Klv { key: *key, value, rest })
}

/// Whether an item only fills space.
pub(super) fn is_fill(key: &[u8; 16]) -> bool {
    key.starts_with(&[0x06, 0x0e, 0x2b, 0x34, 0x01, 0x01, 0x01])
        && key.ends_with(&[0x03, 0x01, 0x02, 0x10, 0x01, 0, 0, 0])
}

/// Finds the header partition pack and the metadata after it.
pub(super) fn header_partition(bytes: &[u8]) -> Result<Partition<'_>, HeaderError> {
    let window = bytes.get(..bytes.len().min(RUN_IN_BYTES + PARTITION_KEY.len())).unwrap_or_default();
    let start = window.windows(PARTITION_KEY.len()).position(|key| key == PARTITION_KEY).ok_or(HeaderError::NotMxf)?;
    let from_pack = bytes.get(start..).unwrap_or_default();
    let pack = next(from_pack).ok_or_else(|| needs_or_damaged(bytes, start + FIRST_READ_BYTES))?;
    let status = pack.key.get(14).copied().unwrap_or(0);
    let field =
        |offset: usize| pack.value.get(offset..offset + 8)?.first_chunk::<8>().map(|field| u64::from_be_bytes(*field));
    let header_byte_count = field(32).and_then(|count| usize::try_from(count).ok()).ok_or(HeaderError::Damaged)?;
    let pattern = pack.value.get(64..80).ok_or(HeaderError::Damaged)?;
    let labels = pack.value.get(88..).unwrap_or_default();
    let mut metadata = pack.rest;
    while let Some(item) = next(metadata).filter(|item| is_fill(&item.key)) {
        metadata = item.rest;
    }
    let metadata_start = bytes.len() - metadata.len();
    let end = metadata_start.saturating_add(header_byte_count).min(MAX_HEADER_BYTES);
    let metadata = bytes.get(metadata_start..end).ok_or_else(|| needs_or_damaged(bytes, end))?;
    Ok(Partition {
        closed_complete: status == 4,
        // The seventh byte tells the old labels from the registered ones.
        interop_labels: pattern.get(7) == Some(&1),
        encrypted_container: labels.as_chunks::<16>().0.iter().any(|label| is_same_label(label, &ENCRYPTED_CONTAINER)),
        metadata,
    })
}

/// More bytes help only while the header stays below its limit.
fn needs_or_damaged(bytes: &[u8], wanted: usize) -> HeaderError {
    let wanted = wanted.min(MAX_HEADER_BYTES);
    if wanted > bytes.len() { HeaderError::NeedsMore { bytes: wanted } } else { HeaderError::Damaged }
}

/// Whether two labels agree in everything but their version, byte 8.
pub(super) fn is_same_label(label: &[u8; 16], known: &[u8; 16]) -> bool {
    label.iter().zip(known).enumerate().all(|(index, (left, right))| index == 7 || left == right)
}
