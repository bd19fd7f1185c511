//! Queries as clients send them, and as they should not.

use super::*;
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use proptest::prelude::*;

const GOOD: &str = "info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=-TR3000-abcdefghijkl&port=51413";

fn read(query: &str) -> Result<Announce, WireError> {
    announce(query.as_bytes())
}

#[test]
fn the_announce_of_an_ordinary_client() {
    let key = AccessKey::parse(b"k");
    let query = b"info_hash=%12%34Vx%9a%BC%de%f1%23Eg%89%AB%CD%EF%124Vx%9A&peer_id=%2DTR3000%2Dabcdefghijkl&port=51413\
        &uploaded=1&downloaded=2&left=3&numwant=80&key=1a2b3c4d&compact=1&supportcrypto=1&passkey=k&event=started&ipv6=%3A%3A1";
    let announce = announce(query).unwrap();
    assert_eq!(announce.info_hash.to_string(), "123456789abcdef123456789abcdef123456789a");
    assert_eq!(announce.peer_id, PeerId(*b"-TR3000-abcdefghijkl"));
    assert_eq!((announce.key, announce.port), (key, 51_413));
    assert_eq!((announce.uploaded_bytes, announce.downloaded_bytes, announce.left_bytes), (1, 2, Some(3)));
    assert_eq!((announce.event, announce.peers_wanted), (Event::Started, Some(80)));
    assert_eq!(announce.claimed_address, None, "the key and the address parameters of clients are not ours");
}

#[test]
fn what_a_client_may_leave_out_or_get_wrong() {
    let plain = read(GOOD).unwrap();
    assert_eq!((plain.left_bytes, plain.event, plain.peers_wanted), (None, Event::Regular, None));
    for tail in [
        "&event=",
        "&event",
        "&event=paused",
        "&numwant=-1",
        "&numwant=",
        "&numwant=many",
        "&left=-1",
        "&left=x",
        "&uploaded=-5",
        "&downloaded=99999999999999999999999",
        "&compact=0",
        "&compact=yes",
        "&ip=localhost",
        "&&&",
        "&=",
        "&corrupt=0&corrupt=0",
        "&left=%31",
        "&ip=",
    ] {
        assert_eq!(read(&format!("{GOOD}{tail}")).unwrap(), plain, "{tail}");
        assert_eq!(read(&format!("{}&{GOOD}", tail.trim_start_matches('&'))).unwrap(), plain, "{tail} in front");
    }
    assert_eq!(read(&format!("{GOOD}&numwant=99999999999")).unwrap().peers_wanted, Some(u32::MAX));
    assert_eq!(read(&format!("{GOOD}&numwant=0")).unwrap().peers_wanted, Some(0));
    assert_eq!(read(&format!("{GOOD}&left=0&event=completed")).unwrap().event, Event::Completed);
    let claimed = read(&format!("{GOOD}&ip=%3a%3affff%3a192.0.2.1")).unwrap().claimed_address;
    assert_eq!(claimed, Some("192.0.2.1".parse().unwrap()));
}

#[test]
fn what_an_announce_cannot_do_without() {
    use WireError::{Invalid, Missing, Repeated};
    for (query, error) in [
        ("", Missing("info_hash")),
        ("info_hash=aaaaaaaaaaaaaaaaaaaa", Missing("peer_id")),
        ("info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=aaaaaaaaaaaaaaaaaaaa", Missing("port")),
        ("info_hash=aaaaaaaaaaaaaaaaaaa", Invalid("info_hash")),
        ("info_hash=aaaaaaaaaaaaaaaaaaaaa", Invalid("info_hash")),
        ("info_hash=aaaaaaaaaaaaaaaaaa%zz", Invalid("info_hash")),
        ("info_hash=aaaaaaaaaaaaaaaaaaa%6", Invalid("info_hash")),
        ("info_hash", Invalid("info_hash")),
        ("info_hash=616161616161616161616161616161616161616161", Invalid("info_hash")),
        ("peer_id=short", Invalid("peer_id")),
        ("port=65536", Invalid("port")),
        ("port=-1", Invalid("port")),
        ("port=", Invalid("port")),
        ("passkey=", Invalid("passkey")),
        ("passkey=a/b", Invalid("passkey")),
    ] {
        assert_eq!(read(query), Err(error), "{query}");
    }
    for name in ["info_hash", "peer_id", "port"] {
        let pair = GOOD.split('&').find(|pair| pair.starts_with(name)).unwrap();
        assert_eq!(read(&format!("{GOOD}&{pair}")), Err(Repeated(name)));
    }
}

#[test]
fn a_plus_is_a_plus() {
    let hash = read(&GOOD.replace("aaaaaaaaaaaaaaaaaaaa", "++++++++++++++++++++")).unwrap().info_hash;
    assert_eq!(hash, InfoHash([b'+'; 20]));
}

#[test]
fn a_scrape_names_its_torrents() {
    let one = "info_hash=aaaaaaaaaaaaaaaaaaaa";
    assert_eq!(scrape(one.as_bytes()), Ok((vec![InfoHash([b'a'; 20])], None)));
    assert_eq!(scrape(vec![one; 74].join("&").as_bytes()).unwrap().0.len(), 74);
    assert_eq!(scrape(vec![one; 75].join("&").as_bytes()), Err(WireError::TooMany));
    let key = AccessKey::parse(b"k");
    assert_eq!(scrape(format!("passkey=k&{one}").as_bytes()).unwrap().1, key);
    assert_eq!(scrape(format!("passkey=k&{one}&passkey=k").as_bytes()), Err(WireError::Repeated("passkey")));
    assert_eq!(scrape(b""), Err(WireError::FullScrape));
    assert_eq!(scrape(b"info_hash=a"), Err(WireError::Invalid("info_hash")));
}

proptest! {
    #[test]
    fn any_query_is_read_without_a_panic(query in proptest::collection::vec(any::<u8>(), 0..500)) {
        announce(&query).ok();
        scrape(&query).ok();
    }

    #[test]
    fn a_query_says_what_was_put_in(
        hash in any::<[u8; 20]>(), id in any::<[u8; 20]>(), port in any::<u16>(), left in any::<u64>(),
    ) {
        let encode = |bytes| percent_encode(bytes, NON_ALPHANUMERIC).to_string();
        let query = format!("left={left}&port={port}&peer_id={}&info_hash={}", encode(&id), encode(&hash));
        let announce = read(&query).unwrap();
        prop_assert_eq!((announce.info_hash.0, announce.peer_id.0), (hash, id));
        prop_assert_eq!((announce.port, announce.left_bytes), (port, Some(left)));
        let bare: String = hash.iter().map(|byte| format!("%{byte:02x}")).collect();
        prop_assert_eq!(scrape(format!("info_hash={bare}").as_bytes()), Ok((vec![InfoHash(hash)], None)));
    }
}
