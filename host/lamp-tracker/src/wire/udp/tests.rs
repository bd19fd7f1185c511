//! Packets as clients send them, packets as attackers send them, and all packets that are neither.

use super::*;
use proptest::prelude::*;

fn packet(options: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    packet.extend_from_slice(&7_u64.to_be_bytes());
    packet.extend_from_slice(&1_u32.to_be_bytes());
    packet.extend_from_slice(&99_u32.to_be_bytes());
    packet.extend_from_slice(&[b'h'; 20]);
    packet.extend_from_slice(b"-TR3000-abcdefghijkl");
    for number in [10_u64, 20, 30] {
        packet.extend_from_slice(&number.to_be_bytes());
    }
    packet.extend_from_slice(&2_u32.to_be_bytes());
    packet.extend_from_slice(&[0; 4]);
    packet.extend_from_slice(&0xdead_u32.to_be_bytes());
    packet.extend_from_slice(&(-1_i32).to_be_bytes());
    packet.extend_from_slice(&6_881_u16.to_be_bytes());
    packet.extend_from_slice(options);
    packet
}

fn read(packet: &[u8]) -> Result<Request, WireError> {
    Header::read(packet).ok_or(WireError::Malformed)?.request(packet)
}

fn url(parts: &[&str]) -> Vec<u8> {
    parts.iter().flat_map(|part| [&[2, u8::try_from(part.len()).unwrap()], part.as_bytes()].concat()).collect()
}

fn announced(packet: &[u8]) -> Announce {
    match read(packet).unwrap() {
        Request::Announce(announce) => announce,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_announce_is_read_field_by_field() {
    let announce = announced(&packet(&[]));
    let expected = Announce {
        info_hash: InfoHash([b'h'; 20]),
        peer_id: PeerId(*b"-TR3000-abcdefghijkl"),
        key: None,
        port: 6_881,
        uploaded_bytes: 30,
        downloaded_bytes: 10,
        left_bytes: Some(20),
        event: Event::Started,
        peers_wanted: None,
        claimed_address: None,
    };
    assert_eq!(announce, expected);
    assert_eq!(announce.peer_id.client(), Some("-TR3000-"));
}

#[test]
fn numbers_that_clients_make_up_are_tolerated() {
    let mut odd = packet(&[]);
    odd[64..72].copy_from_slice(&u64::MAX.to_be_bytes());
    odd[80..84].copy_from_slice(&77_u32.to_be_bytes());
    odd[84..88].copy_from_slice(&[8, 8, 8, 8]);
    odd[92..96].copy_from_slice(&i32::MAX.to_be_bytes());
    let announce = announced(&odd);
    assert_eq!(announce.left_bytes, None, "unknown, so no seeder");
    assert_eq!(announce.event, Event::Regular);
    assert_eq!(announce.claimed_address, Some("8.8.8.8".parse().unwrap()));
    assert_eq!(announce.peers_wanted, Some(i32::MAX.unsigned_abs()));
}

#[test]
fn the_key_comes_in_the_options() {
    let key = AccessKey::parse(b"site-key").unwrap();
    for options in [
        url(&["/announce?passkey=site-key"]),
        url(&["/announce?passkey=si", "te-key&x=y"]),
        [vec![1, 1], url(&["/announce?passkey=site-key"]), vec![0]].concat(),
        [vec![200, 3, 1, 2, 3], url(&["/announce?passkey=site-key"])].concat(),
        [url(&["/announce?passkey=site-key"]), vec![0, 2, 250]].concat(),
    ] {
        assert_eq!(announced(&packet(&options)).key, Some(key), "{options:?}");
    }
    for options in [vec![], vec![0, 0], vec![1], url(&["/announce"]), url(&[""])] {
        assert_eq!(announced(&packet(&options)).key, None, "{options:?}");
    }
}

#[test]
fn hostile_packets_are_refused_whole() {
    let long = "/announce?passkey=".to_owned() + &"a".repeat(65);
    let table: Vec<(&str, Vec<u8>, WireError)> = vec![
        ("option without a length", packet(&[2]), WireError::Malformed),
        ("option longer than the packet", packet(&[2, 9, b'/']), WireError::Malformed),
        ("unknown option longer than the packet", packet(&[99, 255]), WireError::Malformed),
        ("another path", packet(&url(&["/x/announce"])), WireError::Path),
        ("a path of a scrape", packet(&url(&["/scrape?passkey=k"])), WireError::Path),
        ("a key too long", packet(&url(&[&long])), WireError::Invalid("passkey")),
        ("more URL than there is room", packet(&url(&["/aaaaaaaaaaaaaaaaaaaaaaaaaa"; 20])), WireError::Malformed),
        ("unknown action", [&[0; 8][..], &[0, 0, 0, 9], &[0; 4]].concat(), WireError::Action),
        ("connect without the protocol's id", [0; 16].to_vec(), WireError::Action),
        ("scrape of nothing", [&[0; 8][..], &[0, 0, 0, 2], &[0; 4]].concat(), WireError::FullScrape),
        ("scrape of half a hash", [&[0; 8][..], &[0, 0, 0, 2], &[0; 14]].concat(), WireError::Malformed),
        ("scrape of 75", [&[0; 8][..], &[0, 0, 0, 2], &[0; 4 + 75 * 20]].concat(), WireError::TooMany),
    ];
    for (name, bytes, error) in table {
        assert_eq!(read(&bytes), Err(error), "{name}");
    }
}

#[test]
fn every_shorter_announce_is_malformed() {
    let whole = packet(&[]);
    for length in 0..whole.len() {
        assert_eq!(read(&whole[..length]), Err(WireError::Malformed), "{length} bytes");
    }
    assert_eq!(Header::read(&vec![0; MAX_PACKET_BYTES + 1]), None);
}

#[test]
fn a_scrape_keeps_the_order_of_its_hashes() {
    let hashes: Vec<InfoHash> = (0..74).map(|number| InfoHash([number; 20])).collect();
    let mut packet = [&[0; 8][..], &[0, 0, 0, 2], &[0; 4]].concat();
    packet.extend(hashes.iter().flat_map(|hash| hash.0));
    assert_eq!(read(&packet), Ok(Request::Scrape(hashes)));
}

#[test]
fn a_refusal_is_never_longer_than_what_it_refuses() {
    let mut out = Vec::new();
    for request_bytes in 0..200 {
        write_error(&mut out, 1, "nicht zugelassen: Schlüssel unbekannt", request_bytes);
        assert!(out.len() <= request_bytes.max(8));
        assert!(std::str::from_utf8(&out[8..]).is_ok(), "cut between characters");
    }
    write_error(&mut out, 0x0102_0304, "no", 98);
    assert_eq!(out, b"\0\0\0\x03\x01\x02\x03\x04no");
}

#[test]
fn answers_have_the_layout_of_the_standard() {
    let mut out = vec![1; 50];
    write_connect(&mut out, 5, 0x1122_3344_5566_7788);
    assert_eq!(out, [&[0, 0, 0, 0, 0, 0, 0, 5][..], &[0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88]].concat());
    let counts = SwarmCounts { seeders: 2, leechers: 3, completed: 4 };
    write_announce(&mut out, 5, 300, counts, b"abcdef");
    assert_eq!(out, b"\0\0\0\x01\0\0\0\x05\0\0\x01\x2c\0\0\0\x03\0\0\0\x02abcdef");
    write_scrape(&mut out, 5, &[counts, SwarmCounts::default()]);
    assert_eq!(out, [&b"\0\0\0\x02\0\0\0\x05\0\0\0\x02\0\0\0\x04\0\0\0\x03"[..], &[0; 12]].concat());
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2_100)) {
        if let Some(header) = Header::read(&bytes) {
            header.request(&bytes).ok();
        }
    }

    #[test]
    fn any_options_are_read_without_a_panic(options in proptest::collection::vec(any::<u8>(), 0..600)) {
        read(&packet(&options)).ok();
    }

    #[test]
    fn a_packet_says_what_was_put_in(
        numbers in any::<(u64, u32, u64, u64, u16)>(), hash in any::<[u8; 20]>(), id in any::<[u8; 20]>(),
        name in "[A-Za-z0-9_-]{1,64}",
    ) {
        let (connection, transaction, downloaded, uploaded, port) = numbers;
        let mut bytes = packet(&url(&[&format!("/announce?passkey={name}")]));
        bytes[..8].copy_from_slice(&connection.to_be_bytes());
        bytes[12..16].copy_from_slice(&transaction.to_be_bytes());
        bytes[16..36].copy_from_slice(&hash);
        bytes[36..56].copy_from_slice(&id);
        bytes[56..64].copy_from_slice(&downloaded.to_be_bytes());
        bytes[72..80].copy_from_slice(&uploaded.to_be_bytes());
        bytes[96..98].copy_from_slice(&port.to_be_bytes());
        let header = Header::read(&bytes).unwrap();
        prop_assert_eq!((header.connection_id, header.transaction_id), (connection, transaction));
        let announce = announced(&bytes);
        prop_assert_eq!((announce.info_hash.0, announce.peer_id.0, announce.port), (hash, id, port));
        prop_assert_eq!((announce.downloaded_bytes, announce.uploaded_bytes), (downloaded, uploaded));
        prop_assert_eq!(announce.key, AccessKey::parse(name.as_bytes()));
    }
}
