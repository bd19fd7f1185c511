//! Facts about reading track headers, built byte by byte.

use proptest::prelude::*;

use super::*;

const PARTITION_HEAD: [u8; 13] = [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x05, 0x01, 0x01, 0x0d, 0x01, 0x02, 0x01, 0x01];

fn klv(key: &[u8], value: &[u8]) -> Vec<u8> {
    let mut item = key.to_vec();
    item.push(0x83);
    item.extend(&u32::try_from(value.len()).unwrap().to_be_bytes()[1..]);
    item.extend(value);
    item
}

fn set(kind: u8, items: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let mut key = vec![0x06, 0x0e, 0x2b, 0x34, 0x02, 0x53, 0x01, 0x01, 0x0d, 0x01, 0x01, 0x01, 0x01, 0x01];
    key.extend([kind, 0]);
    let value: Vec<u8> = items
        .iter()
        .flat_map(|(tag, data)| {
            [&tag.to_be_bytes()[..], &u16::try_from(data.len()).unwrap().to_be_bytes(), data].concat()
        })
        .collect();
    klv(&key, &value)
}

fn pair(a: u32, b: u32) -> Vec<u8> {
    [a.to_be_bytes(), b.to_be_bytes()].concat()
}

fn file(sets: &[Vec<u8>]) -> Vec<u8> {
    let primer_entry =
        [&[0x80, 0x01, 0x06, 0x0e, 0x2b, 0x34, 0x01, 0x01, 0x01, 0x09][..], &[0x02, 0x09, 0x03, 0x01, 0x02, 0, 0, 0]]
            .concat();
    let primer_key = [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x05, 0x01, 0x01, 0x0d, 0x01, 0x02, 0x01, 0x01, 0x05, 0x01, 0x00];
    let mut metadata = klv(&primer_key, &[&1_u32.to_be_bytes()[..], &18_u32.to_be_bytes(), &primer_entry].concat());
    metadata.extend(sets.concat());
    let mut pack = vec![0_u8; 88];
    pack.splice(32..40, u64::try_from(metadata.len()).unwrap().to_be_bytes());
    pack.splice(64..72, [0x06, 0x0e, 0x2b, 0x34, 0x04, 0x01, 0x01, 0x02]);
    let mut bytes = klv(&[&PARTITION_HEAD[..], &[0x02, 0x04, 0x00]].concat(), &pack);
    bytes.extend(klv(
        &[0x06, 0x0e, 0x2b, 0x34, 0x01, 0x01, 0x01, 0x02, 0x03, 0x01, 0x02, 0x10, 0x01, 0, 0, 0],
        &[0; 20],
    ));
    bytes.extend(metadata);
    bytes
}

#[test]
fn an_encrypted_3d_picture_is_read() {
    let context = klv(
        &[0x06, 0x0e, 0x2b, 0x34, 0x02, 0x53, 0x01, 0x01, 0x0d, 0x01, 0x04, 0x01, 0x02, 0x02, 0, 0],
        &[&[0x80, 0x01, 0x00, 0x10][..], &[7; 16]].concat(),
    );
    let umid = [[1_u8; 16], [9; 16]].concat();
    let sets = [
        set(0x37, &[(0x4401, umid)]),
        set(0x3b, &[(0x4b01, pair(24, 1))]),
        set(
            0x29,
            &[
                (0x3001, pair(48, 1)),
                (0x3002, 100_u64.to_be_bytes().to_vec()),
                (0x3203, 2048_u32.to_be_bytes().to_vec()),
                (0x3202, 858_u32.to_be_bytes().to_vec()),
            ],
        ),
        set(0x5a, &[]),
        set(0x63, &[]),
        context,
    ];
    let header = read_header(&file(&sets)).unwrap();
    assert_eq!(
        header,
        Header {
            asset_id: Some(Id::Uuid([9; 16])),
            essence: Some(Essence::Jpeg2000),
            encrypted: true,
            key_id: Some(Id::Uuid([7; 16])),
            stereoscopic: true,
            stored_size: Some([2048, 858]),
            sample_rate: Rational::new(48, 1),
            edit_rate: Rational::new(24, 1),
            container_duration: Some(100),
            closed_complete: true,
            ..Header::default()
        }
    );
}

#[test]
fn a_sound_track_after_a_run_in_is_read() {
    let sets = [set(
        0x48,
        &[(0x3d07, 6_u32.to_be_bytes().to_vec()), (0x3d01, 24_u32.to_be_bytes().to_vec()), (0x3d03, pair(48000, 1))],
    )];
    let bytes = [vec![0xaa; 500], file(&sets)].concat();
    let header = read_header(&bytes).unwrap();
    assert_eq!((header.essence, header.channels, header.sample_bits), (Some(Essence::Pcm), Some(6), Some(24)));
    assert_eq!((header.sampling_rate, header.encrypted), (Rational::new(48000, 1), false));
}

/// UTF-16, as headers have it.
fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// A file whose primer gives the tags from 0x8001 on to the labels that end so.
fn file_with_tags(ends: &[[u8; 8]], sets: &[Vec<u8>]) -> Vec<u8> {
    let entries: Vec<u8> = (0x8001_u16..)
        .zip(ends)
        .flat_map(|(tag, end)| {
            [&tag.to_be_bytes()[..], &[0x06, 0x0e, 0x2b, 0x34, 0x01, 0x01, 0x01, 0x0c], end].concat()
        })
        .collect();
    let key = [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x05, 0x01, 0x01, 0x0d, 0x01, 0x02, 0x01, 0x01, 0x05, 0x01, 0x00];
    let count = u32::try_from(ends.len()).unwrap().to_be_bytes();
    let primer = klv(&key, &[&count[..], &18_u32.to_be_bytes(), &entries].concat());
    file(&[vec![primer], sets.to_vec()].concat())
}

#[test]
fn channel_labels_and_the_program_that_wrote_are_read() {
    let label =
        |channel: u32, symbol: &str| set(0x6b, &[(0x8001, wide(symbol)), (0x8002, channel.to_be_bytes().to_vec())]);
    let sets = [
        set(0x30, &[(0x3c01, wide("House")), (0x3c02, wide("Maker\0junk")), (0x3c04, wide("1.2"))]),
        set(0x48, &[(0x3d07, vec![0, 0, 0, 2]), (0x3d0a, vec![0, 6])]),
        label(2, "chR"),
        label(1, "chL"),
        set(0x6c, &[(0x8001, wide("sgST"))]),
    ];
    let symbol = [0x01, 0x03, 0x07, 0x01, 0x02, 0, 0, 0];
    let header = read_header(&file_with_tags(&[symbol, [0x01, 0x03, 0x04, 0x0a, 0, 0, 0, 0]], &sets)).unwrap();
    let labels: Vec<_> = header.channel_labels.iter().map(|label| (label.channel, label.symbol.as_str())).collect();
    assert_eq!(labels, [(Some(1), "chL"), (Some(2), "chR")]);
    assert_eq!((header.soundfield.as_deref(), header.block_align), (Some("sgST"), Some(6)));
    assert_eq!((header.product.as_deref(), header.product_version.as_deref()), (Some("Maker"), Some("1.2")));
}

#[test]
fn timed_text_atmos_and_the_picture_profile_are_read() {
    let text = set(0x64, &[(0x8001, wide("http://x/DCST")), (0x8002, wide("fr de"))]);
    let ends = [[0x01, 0x02, 0x01, 0x05, 0x01, 0, 0, 0], [0x03, 0x01, 0x01, 0x02, 0x02, 0x16, 0, 0]];
    let header = read_header(&file_with_tags(&ends, &[text, set(0x65, &[])])).unwrap();
    assert_eq!((header.essence, header.text_resources), (Some(Essence::TimedText), 1));
    assert_eq!(
        (header.text_namespace.as_deref(), header.text_languages),
        (Some("http://x/DCST"), vec!["fr".into(), "de".into()])
    );
    let atmos_key = [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x53, 0x01, 0x05, 0x0e, 0x09, 0x06, 0x06, 0, 0, 0, 0];
    let atmos = klv(&atmos_key, &[0x80, 0x01, 0, 1, 1, 0x80, 0x02, 0, 2, 0, 10]);
    let ends = [[0x0e, 0x09, 0x05, 0x06, 0, 0, 0, 0], [0x0e, 0x09, 0x05, 0x07, 0, 0, 0, 0]];
    let header = read_header(&file_with_tags(&ends, &[atmos])).unwrap();
    assert_eq!(header.atmos, Some(Atmos { version: Some(1), channels: Some(10), objects: None }));
    let coding = |last: u8| {
        let label = [0x06, 0x0e, 0x2b, 0x34, 0x04, 0x01, 0x01, 0x09, 0x04, 0x01, 0x02, 0x02, 0x03, 0x01, 0x01, last];
        read_header(&file(&[set(0x29, &[(0x3201, label.to_vec())])])).unwrap().is_4k
    };
    assert_eq!((coding(3), coding(4), coding(5)), (Some(false), Some(true), None));
}

#[test]
fn a_short_read_asks_for_the_rest_and_junk_is_no_header() {
    let bytes = file(&[set(0x48, &[(0x3d07, vec![0, 0, 0, 2])]), set(0x2f, &[(1, vec![0; 500])])]);
    assert_eq!(read_header(&bytes[..300]), Err(HeaderError::NeedsMore { bytes: bytes.len() }));
    assert_eq!(read_header(b"not an MXF file"), Err(HeaderError::NotMxf));
    assert_eq!(read_header(&[]), Err(HeaderError::NotMxf));
}

proptest! {
    #[test]
    fn no_damage_makes_it_panic(changes in proptest::collection::vec((any::<usize>(), any::<u8>()), 0..20), cut in any::<usize>()) {
        let mut bytes = file(&[set(0x48, &[(0x3d07, vec![0, 0, 0, 2])]), set(0x37, &[(0x4401, vec![1; 32])])]);
        for (position, value) in changes {
            let index = position % bytes.len();
            bytes[index] = value;
        }
        bytes.truncate(cut % (bytes.len() + 1));
        let _ = read_header(&bytes);
    }
}
