//! Track files: an MXF header partition that says what the track is (SMPTE ST 377-1, ST 429-3, ST 429-5), then filler in
//! place of pictures and sound, then a footer partition.

use uuid::Uuid;

/// What a track holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Essence {
    /// JPEG 2000 pictures.
    Picture {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
        /// Two pictures, one for each eye.
        stereoscopic: bool,
    },
    /// Uncompressed sound, 24 bits at 48 kHz.
    Sound {
        /// Channels.
        channels: u32,
    },
    /// Timed text, as one XML resource.
    TimedText {
        /// RFC 5646 tag.
        language: String,
    },
}

/// One track to write.
pub struct Track<'a> {
    /// Its id: the material number of the source package's UMID.
    pub id: Uuid,
    /// What it holds.
    pub essence: &'a Essence,
    /// Frames a second.
    pub rate: u32,
    /// Length in frames.
    pub frames: u32,
    /// Encrypted: a cryptographic context names the key.
    pub key: Option<Uuid>,
    /// Operational pattern of the older labels, as the older dialect's tools write it.
    pub interop_labels: bool,
}

/// Key of the metadata set `kind` of ST 377-1.
fn set_key(kind: u8) -> [u8; 16] {
    [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x53, 0x01, 0x01, 0x0d, 0x01, 0x01, 0x01, 0x01, 0x01, kind, 0x00]
}

/// Key of a partition pack: 2 header, 4 footer; closed and complete.
fn partition_key(kind: u8) -> [u8; 16] {
    [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x05, 0x01, 0x01, 0x0d, 0x01, 0x02, 0x01, 0x01, kind, 0x04, 0x00]
}

const PRIMER: [u8; 16] =
    [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x05, 0x01, 0x01, 0x0d, 0x01, 0x02, 0x01, 0x01, 0x05, 0x01, 0x00];
const FILL: [u8; 16] = [0x06, 0x0e, 0x2b, 0x34, 0x01, 0x01, 0x01, 0x02, 0x03, 0x01, 0x02, 0x10, 0x01, 0x00, 0x00, 0x00];
const CRYPTOGRAPHIC_CONTEXT: [u8; 16] =
    [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x53, 0x01, 0x01, 0x0d, 0x01, 0x04, 0x01, 0x02, 0x02, 0x00, 0x00];
const ENCRYPTED_CONTAINER: [u8; 16] =
    [0x06, 0x0e, 0x2b, 0x34, 0x04, 0x01, 0x01, 0x07, 0x0d, 0x01, 0x03, 0x01, 0x02, 0x0b, 0x01, 0x00];

/// Local tags above 8000 and the labels the primer gives them.
const DYNAMIC: [(u16, [u8; 16]); 4] = [
    (0x8001, [0x06, 0x0e, 0x2b, 0x34, 0x01, 0x01, 0x01, 0x0c, 0x01, 0x01, 0x15, 0x12, 0x00, 0x00, 0x00, 0x00]),
    (0x8002, [0x06, 0x0e, 0x2b, 0x34, 0x01, 0x01, 0x01, 0x08, 0x01, 0x02, 0x01, 0x05, 0x01, 0x00, 0x00, 0x00]),
    (0x8003, [0x06, 0x0e, 0x2b, 0x34, 0x01, 0x01, 0x01, 0x0e, 0x03, 0x01, 0x01, 0x02, 0x02, 0x16, 0x00, 0x00]),
    (0x8004, [0x06, 0x0e, 0x2b, 0x34, 0x01, 0x01, 0x01, 0x09, 0x02, 0x09, 0x03, 0x01, 0x02, 0x00, 0x00, 0x00]),
];

/// The whole file: header partition, `filler` as one fill item, footer partition.
pub fn write(track: &Track<'_>, filler: &[u8]) -> Vec<u8> {
    let metadata = metadata(track);
    let pattern = operational_pattern(track.interop_labels);
    let containers = containers(track);
    let pack_bytes = klv(&partition_key(2), &pack(&containers, &pattern, 0, 0, 0)).len();
    let essence = klv(&FILL, filler);
    let footer_at = (pack_bytes + metadata.len() + essence.len()) as u64;
    let mut file = klv(&partition_key(2), &pack(&containers, &pattern, 0, footer_at, metadata.len() as u64));
    file.extend_from_slice(&metadata);
    file.extend_from_slice(&essence);
    file.extend_from_slice(&klv(&partition_key(4), &pack(&containers, &pattern, footer_at, footer_at, 0)));
    file
}

fn operational_pattern(interop: bool) -> [u8; 16] {
    let version = if interop { 0x01 } else { 0x02 };
    [0x06, 0x0e, 0x2b, 0x34, 0x04, 0x01, 0x01, version, 0x0d, 0x01, 0x02, 0x01, 0x10, 0x00, 0x00, 0x00]
}

fn containers(track: &Track<'_>) -> Vec<[u8; 16]> {
    let (version, kind, mapping) = match track.essence {
        Essence::Picture { .. } => (0x07, 0x0c, 0x01),
        Essence::Sound { .. } => (0x01, 0x06, 0x01),
        Essence::TimedText { .. } => (0x0a, 0x13, 0x01),
    };
    let plain = [0x06, 0x0e, 0x2b, 0x34, 0x04, 0x01, 0x01, version, 0x0d, 0x01, 0x03, 0x01, 0x02, kind, mapping, 0x00];
    if track.key.is_some() { vec![ENCRYPTED_CONTAINER, plain] } else { vec![plain] }
}

/// The value of a partition pack.
fn pack(containers: &[[u8; 16]], pattern: &[u8; 16], this: u64, footer: u64, header_bytes: u64) -> Vec<u8> {
    let mut value = Vec::new();
    value.extend_from_slice(&[0, 1, 0, 2]);
    value.extend_from_slice(&1_u32.to_be_bytes());
    for number in [this, 0, footer, header_bytes, 0] {
        value.extend_from_slice(&number.to_be_bytes());
    }
    value.extend_from_slice(&0_u32.to_be_bytes());
    value.extend_from_slice(&0_u64.to_be_bytes());
    value.extend_from_slice(&0_u32.to_be_bytes());
    value.extend_from_slice(pattern);
    value.extend_from_slice(&(containers.len() as u32).to_be_bytes());
    value.extend_from_slice(&16_u32.to_be_bytes());
    value.extend(containers.iter().flatten());
    value
}

/// Primer pack and metadata sets.
fn metadata(track: &Track<'_>) -> Vec<u8> {
    let mut primer = Vec::new();
    primer.extend_from_slice(&(DYNAMIC.len() as u32).to_be_bytes());
    primer.extend_from_slice(&18_u32.to_be_bytes());
    for (tag, label) in DYNAMIC {
        primer.extend_from_slice(&tag.to_be_bytes());
        primer.extend_from_slice(&label);
    }
    let pattern = operational_pattern(track.interop_labels).to_vec();
    let mut bytes = klv(&PRIMER, &primer);
    let mut set = |key: [u8; 16], items: &[(u16, Vec<u8>)]| bytes.extend_from_slice(&klv(&key, &local_set(items)));
    set(set_key(0x2f), &[(0x3b09, pattern), (0x3b05, vec![1, 2])]);
    set(set_key(0x30), &[(0x3c01, utf16("Lamphouse")), (0x3c02, utf16("demo packages")), (0x3c04, utf16("1"))]);
    set(set_key(0x36), &[(0x4401, umid(Uuid::from_u128(!track.id.as_u128())))]);
    set(set_key(0x37), &[(0x4401, umid(track.id))]);
    set(set_key(0x3b), &[(0x4801, 1_u32.to_be_bytes().to_vec()), (0x4b01, rational(track.rate, 1))]);
    for (kind, items) in descriptors(track) {
        set(set_key(kind), &items);
    }
    if let Some(key) = track.key {
        set(CRYPTOGRAPHIC_CONTEXT, &[(0x8004, key.as_bytes().to_vec())]);
    }
    bytes
}

/// Kind and items of a metadata set.
type Set = (u8, Vec<(u16, Vec<u8>)>);

fn descriptors(track: &Track<'_>) -> Vec<Set> {
    let duration = (0x3002, u64::from(track.frames).to_be_bytes().to_vec());
    let number = |value: u32| value.to_be_bytes().to_vec();
    match track.essence {
        Essence::Picture { width, height, stereoscopic } => {
            let size = if *width > 2_048 { 0x04 } else { 0x03 };
            let coding =
                [0x06, 0x0e, 0x2b, 0x34, 0x04, 0x01, 0x01, 0x09, 0x04, 0x01, 0x02, 0x02, 0x03, 0x01, 0x01, size];
            let rate = if *stereoscopic { track.rate * 2 } else { track.rate };
            let items = vec![
                (0x3001, rational(rate, 1)),
                duration,
                (0x3203, number(*width)),
                (0x3202, number(*height)),
                (0x320e, rational(*width, *height)),
                (0x3201, coding.to_vec()),
            ];
            let mut sets = vec![(0x29, items), (0x5a, vec![])];
            sets.extend(stereoscopic.then(|| (0x63, vec![])));
            sets
        }
        Essence::Sound { channels } => {
            let align = u16::try_from(channels * 3).unwrap_or(u16::MAX).to_be_bytes().to_vec();
            let items = vec![
                (0x3001, rational(track.rate, 1)),
                duration,
                (0x3d03, rational(48_000, 1)),
                (0x3d07, number(*channels)),
                (0x3d01, number(24)),
                (0x3d0a, align),
            ];
            vec![(0x48, items)]
        }
        Essence::TimedText { language } => {
            let items = vec![
                (0x3001, rational(track.rate, 1)),
                duration,
                (0x8001, track.id.as_bytes().to_vec()),
                (0x8002, utf16("http://www.smpte-ra.org/schemas/428-7/2010/DCST")),
                (0x8003, utf16(language)),
            ];
            vec![(0x64, items)]
        }
    }
}

/// Key, length in four bytes (BER long form), value.
fn klv(key: &[u8; 16], value: &[u8]) -> Vec<u8> {
    let length = u32::try_from(value.len()).unwrap_or(u32::MAX).to_be_bytes();
    let mut bytes = key.to_vec();
    bytes.extend_from_slice(&[0x83, length[1], length[2], length[3]]);
    bytes.extend_from_slice(value);
    bytes
}

fn local_set(items: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let mut value = Vec::new();
    for (tag, data) in items {
        value.extend_from_slice(&tag.to_be_bytes());
        value.extend_from_slice(&u16::try_from(data.len()).unwrap_or(u16::MAX).to_be_bytes());
        value.extend_from_slice(data);
    }
    value
}

/// A basic UMID (ST 330) whose material number is the id.
fn umid(id: Uuid) -> Vec<u8> {
    let mut umid = vec![0x06, 0x0a, 0x2b, 0x34, 0x01, 0x01, 0x01, 0x05, 0x01, 0x01, 0x0f, 0x20, 0x13, 0x00, 0x00, 0x00];
    umid.extend_from_slice(id.as_bytes());
    umid
}

fn rational(numerator: u32, denominator: u32) -> Vec<u8> {
    [numerator.to_be_bytes(), denominator.to_be_bytes()].concat()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}
