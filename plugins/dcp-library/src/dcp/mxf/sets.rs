//! The metadata sets of a header: packages, tracks, descriptors, cryptography.

use super::klv::{is_same_label, next};
use super::{Atmos, ChannelLabel, Essence, Header, HeaderError};
use crate::dcp::rational::Rational;
use crate::dcp::uuid::Id;

use super::klv::Partition;

const SET_KEY: [u8; 14] = [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x53, 0x01, 0x01, 0x0d, 0x01, 0x01, 0x01, 0x01, 0x01];
const PRIMER_KEY: [u8; 15] = [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x05, 0x01, 0x01, 0x0d, 0x01, 0x02, 0x01, 0x01, 0x05, 0x01];
const ATMOS_SET: [u8; 16] = [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x53, 0x01, 0x05, 0x0e, 0x09, 0x06, 0x06, 0, 0, 0, 0];
const PRIVATE_DATA_SET: [u8; 16] = [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x53, 0x01, 0x05, 0x0e, 0x09, 0x06, 0x03, 0, 0, 0, 0];
const CRYPTOGRAPHIC_CONTEXT: [u8; 16] =
    [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x53, 0x01, 0x01, 0x0d, 0x01, 0x04, 0x01, 0x02, 0x02, 0, 0];
/// Longest text kept of one item, in characters.
const MAX_TEXT_CHARS: usize = 200;
/// Most channel labels kept; a track has 16.
const MAX_LABELS: usize = 64;

/// What an item with a tag of its own file may be: the last bytes of its label, after the eight of the registry.
const DYNAMIC: [(Dynamic, [u8; 8]); 8] = [
    (Dynamic::KeyId, [0x02, 0x09, 0x03, 0x01, 0x02, 0, 0, 0]),
    (Dynamic::TextNamespace, [0x01, 0x02, 0x01, 0x05, 0x01, 0, 0, 0]),
    (Dynamic::TextLanguages, [0x03, 0x01, 0x01, 0x02, 0x02, 0x16, 0, 0]),
    (Dynamic::LabelSymbol, [0x01, 0x03, 0x07, 0x01, 0x02, 0, 0, 0]),
    (Dynamic::LabelChannel, [0x01, 0x03, 0x04, 0x0a, 0, 0, 0, 0]),
    (Dynamic::AtmosVersion, [0x0e, 0x09, 0x05, 0x06, 0, 0, 0, 0]),
    (Dynamic::AtmosChannels, [0x0e, 0x09, 0x05, 0x07, 0, 0, 0, 0]),
    (Dynamic::AtmosObjects, [0x0e, 0x09, 0x05, 0x08, 0, 0, 0, 0]),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dynamic {
    KeyId,
    TextNamespace,
    TextLanguages,
    LabelSymbol,
    LabelChannel,
    AtmosVersion,
    AtmosChannels,
    AtmosObjects,
}

/// The tags this file gives to items that have no fixed one.
#[derive(Default)]
struct Primer(Vec<(u16, Dynamic)>);

impl Primer {
    fn read(value: &[u8]) -> Self {
        let (entries, _) = value.get(8..).unwrap_or_default().as_chunks::<18>();
        let known = entries.iter().filter_map(|entry| {
            let (tag, label) = entry.split_first_chunk::<2>()?;
            let label = label.strip_prefix(&[0x06, 0x0e, 0x2b, 0x34, 0x01, 0x01, 0x01])?.get(1..)?;
            let (known, _) = DYNAMIC.iter().find(|(_, end)| end == label)?;
            Some((u16::from_be_bytes(*tag), *known))
        });
        Self(known.collect())
    }

    fn of(&self, tag: u16) -> Option<Dynamic> {
        self.0.iter().find(|(known, _)| *known == tag).map(|(_, dynamic)| *dynamic)
    }
}

/// Fills `header` from the sets of the partition.
pub(super) fn read(partition: &Partition<'_>, header: &mut Header) -> Result<(), HeaderError> {
    let mut rest = partition.metadata;
    let mut primer = Primer::default();
    let mut sets = 0_usize;
    while let Some(item) = next(rest) {
        rest = item.rest;
        sets += 1;
        if item.key.starts_with(&PRIMER_KEY) {
            primer = Primer::read(item.value);
        } else if item.key.starts_with(&SET_KEY) {
            read_set(item.key.get(14).copied().unwrap_or(0), item.value, &primer, header);
        } else if is_same_label(&item.key, &ATMOS_SET) {
            header.essence = Some(Essence::Atmos);
            read_atmos(item.value, &primer, header);
        } else if is_same_label(&item.key, &PRIVATE_DATA_SET) {
            header.essence = header.essence.or(Some(Essence::Data));
            read_descriptor(item.value, header);
        } else if is_same_label(&item.key, &CRYPTOGRAPHIC_CONTEXT) {
            header.encrypted = true;
            let id = items(item.value).find(|(tag, _)| primer.of(*tag) == Some(Dynamic::KeyId));
            header.key_id = id.and_then(|(_, data)| data.first_chunk::<16>()).map(|id| Id::Uuid(*id));
        }
    }
    header.channel_labels.sort_by_key(|label| label.channel);
    if sets == 0 { Err(HeaderError::Damaged) } else { Ok(()) }
}

/// The items of a set; ends quietly where the bytes break off.
fn items(mut set: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let (tag, rest) = set.split_first_chunk::<2>()?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let (data, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        set = rest;
        Some((u16::from_be_bytes(*tag), data))
    })
}

fn read_set(kind: u8, set: &[u8], primer: &Primer, header: &mut Header) {
    match kind {
        0x30 => read_identification(set, header),
        0x37 => read_package(set, header),
        0x3b => {
            let rate = items(set).find(|(tag, _)| *tag == 0x4b01).and_then(|(_, data)| rational(data));
            header.edit_rate = header.edit_rate.or(rate);
        }
        0x28 | 0x29 | 0x51 => {
            let essence = if kind == 0x51 { Essence::Mpeg2 } else { Essence::Jpeg2000 };
            header.essence = header.essence.or(Some(essence));
            read_descriptor(set, header);
        }
        0x5a => header.essence = Some(Essence::Jpeg2000),
        0x63 => header.stereoscopic = true,
        0x42 | 0x48 => {
            header.essence = header.essence.or(Some(Essence::Pcm));
            read_descriptor(set, header);
        }
        0x64 => {
            header.essence = Some(Essence::TimedText);
            read_descriptor(set, header);
            read_timed_text(set, primer, header);
        }
        0x65 => header.text_resources = header.text_resources.saturating_add(1),
        0x6b => read_channel_label(set, primer, header),
        0x6c => header.soundfield = header.soundfield.take().or_else(|| label_symbol(set, primer)),
        0x73 => {
            header.essence = header.essence.or(Some(Essence::Data));
            read_descriptor(set, header);
        }
        0x7b => {
            header.essence = Some(Essence::Iab);
            read_descriptor(set, header);
        }
        _ => {}
    }
}

/// The last program that wrote the file stands last.
fn read_identification(set: &[u8], header: &mut Header) {
    for (tag, data) in items(set) {
        match tag {
            0x3c01 => header.company = text(data),
            0x3c02 => header.product = text(data),
            0x3c04 => header.product_version = text(data),
            _ => {}
        }
    }
}

fn read_timed_text(set: &[u8], primer: &Primer, header: &mut Header) {
    for (tag, data) in items(set) {
        match primer.of(tag) {
            Some(Dynamic::TextNamespace) => header.text_namespace = text(data),
            Some(Dynamic::TextLanguages) => {
                let languages = text(data).unwrap_or_default();
                let words = languages.split([' ', ',', ';']).filter(|word| !word.is_empty());
                header.text_languages = words.take(MAX_LABELS).map(str::to_owned).collect();
            }
            _ => {}
        }
    }
}

fn read_channel_label(set: &[u8], primer: &Primer, header: &mut Header) {
    let channel = items(set).find(|(tag, _)| primer.of(*tag) == Some(Dynamic::LabelChannel));
    let channel = channel.and_then(|(_, data)| unsigned(data)).filter(|channel| *channel > 0);
    if let Some(symbol) = label_symbol(set, primer).filter(|_| header.channel_labels.len() < MAX_LABELS) {
        header.channel_labels.push(ChannelLabel { channel, symbol });
    }
}

fn label_symbol(set: &[u8], primer: &Primer) -> Option<String> {
    items(set).find(|(tag, _)| primer.of(*tag) == Some(Dynamic::LabelSymbol)).and_then(|(_, data)| text(data))
}

fn read_atmos(set: &[u8], primer: &Primer, header: &mut Header) {
    let mut atmos = Atmos::default();
    for (tag, data) in items(set) {
        match primer.of(tag) {
            Some(Dynamic::AtmosVersion) => atmos.version = short(data),
            Some(Dynamic::AtmosChannels) => atmos.channels = short(data),
            Some(Dynamic::AtmosObjects) => atmos.objects = short(data),
            _ => {}
        }
    }
    header.atmos = Some(atmos);
}

/// The last 16 bytes of the first source package's UMID are the track's id.
fn read_package(set: &[u8], header: &mut Header) {
    let umid = items(set).find(|(tag, data)| *tag == 0x4401 && data.len() == 32);
    let id = umid.and_then(|(_, data)| data.last_chunk::<16>()).map(|id| Id::Uuid(*id));
    header.asset_id = header.asset_id.take().or(id);
}

fn read_descriptor(set: &[u8], header: &mut Header) {
    let (mut width, mut height) = (None, None);
    for (tag, data) in items(set) {
        match tag {
            0x3001 => header.sample_rate = rational(data),
            0x3002 => header.container_duration = signed(data),
            0x3203 => width = unsigned(data),
            0x3202 => height = unsigned(data),
            0x320e => header.aspect_ratio = rational(data),
            0x3d0a => header.block_align = short(data),
            0x3d07 => header.channels = unsigned(data).filter(|count| *count > 0),
            0x3d01 => header.sample_bits = unsigned(data),
            0x3d03 => header.sampling_rate = rational(data),
            0x3201 => read_coding(data, header),
            _ => {}
        }
    }
    if let (Some(width), Some(height)) = (width.filter(|side| *side > 0), height.filter(|side| *side > 0)) {
        header.stored_size = Some([width, height]);
    }
}

/// The picture coding label: the MPEG-2 family, or JPEG 2000 to one of the profiles of cinemas.
fn read_coding(label: &[u8], header: &mut Header) {
    if label.get(8..13) == Some(&[0x04, 0x01, 0x02, 0x02, 0x01]) {
        header.essence = Some(Essence::Mpeg2);
    }
    header.is_4k = match label.get(8..16) {
        Some([0x04, 0x01, 0x02, 0x02, 0x03, 0x01, 0x01, 0x03]) => Some(false),
        Some([0x04, 0x01, 0x02, 0x02, 0x03, 0x01, 0x01, 0x04]) => Some(true),
        _ => None,
    };
}

/// UTF-16 without mark, up to its end or a zero; `None` when there is nothing in it.
fn text(data: &[u8]) -> Option<String> {
    let units = data.as_chunks::<2>().0.iter().map(|unit| u16::from_be_bytes(*unit)).take_while(|unit| *unit != 0);
    let text: String = char::decode_utf16(units)
        .map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER))
        .take(MAX_TEXT_CHARS)
        .collect();
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A whole number of up to four bytes.
fn short(data: &[u8]) -> Option<u32> {
    let is_short = (1..=4).contains(&data.len());
    is_short.then(|| data.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

fn unsigned(data: &[u8]) -> Option<u32> {
    data.first_chunk::<4>().map(|number| u32::from_be_bytes(*number))
}

fn signed(data: &[u8]) -> Option<u64> {
    data.first_chunk::<8>().and_then(|number| u64::try_from(i64::from_be_bytes(*number)).ok())
}

fn rational(data: &[u8]) -> Option<Rational> {
    let numerator = unsigned(data)?;
    Rational::new(numerator, unsigned(data.get(4..)?)?)
}
