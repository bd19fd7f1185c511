//! The metadata sets of a header: packages, tracks, descriptors, cryptography.

use super::klv::{is_same_label, next};
use super::{Essence, Header, HeaderError};
use crate::dcp::rational::Rational;
use crate::dcp::uuid::Id;

use super::klv::Partition;

const SET_KEY: [u8; 14] = [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x53, 0x01, 0x01, 0x0d, 0x01, 0x01, 0x01, 0x01, 0x01];
const PRIMER_KEY: [u8; 15] = [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x05, 0x01, 0x01, 0x0d, 0x01, 0x02, 0x01, 0x01, 0x05, 0x01];
const ATMOS_SET: [u8; 16] = [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x53, 0x01, 0x05, 0x0e, 0x09, 0x06, 0x06, 0, 0, 0, 0];
const PRIVATE_DATA_SET: [u8; 16] = [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x53, 0x01, 0x05, 0x0e, 0x09, 0x06, 0x03, 0, 0, 0, 0];
const CRYPTOGRAPHIC_CONTEXT: [u8; 16] =
    [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x53, 0x01, 0x01, 0x0d, 0x01, 0x04, 0x01, 0x02, 0x02, 0, 0];
const KEY_ID_LABEL: [u8; 16] = [0x06, 0x0e, 0x2b, 0x34, 0x01, 0x01, 0x01, 0x09, 0x02, 0x09, 0x03, 0x01, 0x02, 0, 0, 0];

/// Fills `header` from the sets of the partition.
pub(super) fn read(partition: &Partition<'_>, header: &mut Header) -> Result<(), HeaderError> {
    let mut rest = partition.metadata;
    let mut key_id_tag = None;
    let mut sets = 0_usize;
    while let Some(item) = next(rest) {
        rest = item.rest;
        sets += 1;
        if item.key.starts_with(&PRIMER_KEY) {
            key_id_tag = tag_of(item.value, &KEY_ID_LABEL);
        } else if item.key.starts_with(&SET_KEY) {
            read_set(item.key.get(14).copied().unwrap_or(0), item.value, header);
        } else if is_same_label(&item.key, &ATMOS_SET) {
            header.essence = Some(Essence::Atmos);
        } else if is_same_label(&item.key, &PRIVATE_DATA_SET) {
            header.essence = header.essence.or(Some(Essence::Data));
        } else if is_same_label(&item.key, &CRYPTOGRAPHIC_CONTEXT) {
            header.encrypted = true;
            let id = key_id_tag.and_then(|tag| items(item.value).find(|(found, _)| *found == tag));
            header.key_id = id.and_then(|(_, data)| data.first_chunk::<16>()).map(|id| Id::Uuid(*id));
        }
    }
    if sets == 0 { Err(HeaderError::Damaged) } else { Ok(()) }
}

/// The local tag the primer gives a label.
fn tag_of(primer: &[u8], label: &[u8; 16]) -> Option<u16> {
    let (entries, _) = primer.get(8..)?.as_chunks::<18>();
    entries
        .iter()
        .filter_map(|entry| Some((entry.first_chunk::<2>()?, entry.last_chunk::<16>()?)))
        .find(|(_, found)| is_same_label(found, label))
        .map(|(tag, _)| u16::from_be_bytes(*tag))
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

fn read_set(kind: u8, set: &[u8], header: &mut Header) {
    match kind {
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
        }
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
            0x3d07 => header.channels = unsigned(data).filter(|count| *count > 0),
            0x3d01 => header.sample_bits = unsigned(data),
            0x3d03 => header.sampling_rate = rational(data),
            // A picture coding label of the MPEG-2 family.
            0x3201 if data.get(8..13) == Some(&[0x04, 0x01, 0x02, 0x02, 0x01]) => header.essence = Some(Essence::Mpeg2),
            _ => {}
        }
    }
    if let (Some(width), Some(height)) = (width.filter(|side| *side > 0), height.filter(|side| *side > 0)) {
        header.stored_size = Some([width, height]);
    }
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
