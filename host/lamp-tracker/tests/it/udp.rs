//! BEP 15 and 41 on a socket: what is answered, what is not, and how much.

use crate::client::{Udp, UdpAnnounce, UdpAnswer, header};
use crate::harness::{HASH, House, TOLD, admit, settings};
use lamp_tracker::InfoHash;

#[test]
fn two_clients_meet() {
    let house = House::new();
    let (one, two) = (Udp::connect(house.udp), Udp::connect(house.udp));
    let seeder = UdpAnnounce { left: 0, ..UdpAnnounce::default() };
    let leecher = UdpAnnounce { peer: 2, port: 2_000, path: "/announce?passkey=b", ..UdpAnnounce::default() };
    assert!(one.announce(&seeder).ports(6).is_empty());
    let answer = two.announce(&leecher);
    assert_eq!(answer.ports(6), [1_000]);
    let UdpAnswer::Peers { interval, leechers, seeders, peers } = answer else { panic!() };
    assert_eq!((leechers, seeders, &peers[..4]), (1, 1, &[127, 0, 0, 1][..]), "not the address it claims");
    assert!((300..=337).contains(&interval), "{interval}");
    assert_eq!(one.announce(&seeder).ports(6), [2_000]);
    assert_eq!(house.listed(), ["site-a", "site-b"]);
    assert!(two.announce(&UdpAnnounce { event: 3, ..leecher }).ports(6).is_empty());
    assert_eq!(house.listed(), ["site-a"]);
}

#[test]
fn ipv6_clients_get_ipv6_peers() {
    let house = House::on("[::]:0", settings());
    let here = |ip: &str| format!("{ip}:{}", house.udp.port()).parse().unwrap();
    let (four, six) = (Udp::connect(here("127.0.0.1")), Udp::connect(here("[::1]")));
    four.announce(&UdpAnnounce::default());
    assert!(six.announce(&UdpAnnounce { peer: 2, port: 2_000, ..UdpAnnounce::default() }).ports(18).is_empty());
    assert_eq!(six.announce(&UdpAnnounce { peer: 3, port: 3_000, ..UdpAnnounce::default() }).ports(18), [2_000]);
    let again = UdpAnnounce { peer: 4, port: 4_000, ..UdpAnnounce::default() };
    assert_eq!(four.announce(&again).ports(6), [1_000], "IPv4 inside IPv6 is IPv4");
}

#[test]
fn a_refused_key_gets_the_reason_and_no_peers() {
    let house = House::new();
    let client = Udp::connect(house.udp);
    client.announce(&UdpAnnounce::default());
    for path in ["/announce?passkey=wrong", "/announce", ""] {
        assert_eq!(client.announce(&UdpAnnounce { path, port: 9, ..UdpAnnounce::default() }).error(), TOLD, "{path}");
    }
    assert_eq!(house.listed(), ["site-a"]);
    let statistics = house.tracker.statistics();
    assert_eq!((statistics.udp.admitted, statistics.udp.refused), (1, 3));
    assert_eq!(statistics.refused_by_reason["unknown key"], 3);
    let recent = house.tracker.recent_refusals();
    assert_eq!((recent.len(), recent[0].times, recent[0].info_hash), (1, 3, HASH));
}

#[test]
fn nothing_is_said_to_who_has_no_connection_id() {
    let house = House::new();
    let client = Udp::connect(house.udp);
    let good = client.connection;
    let announce = UdpAnnounce::default();
    let mut guess = 1_u64;
    for number in 0..1_000 {
        guess = guess.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let connection = if number < 64 { good ^ (1 << number) } else { guess };
        client.send(&announce.packet(connection));
        if number % 100 == 0 {
            assert!(client.is_silent_on(&announce.packet(connection)));
        }
    }
    for packet in [header(5, 2, 1), header(5, 0, 1), header(5, 9, 1), header(0x0417_2710_1980, 1, 1)] {
        assert!(client.is_silent_on(&packet));
    }
    let other = House::new();
    let stranger = Udp::connect(other.udp);
    assert!(stranger.is_silent_on(&announce.packet(good)), "an id of another process");
    assert!(house.listed().is_empty());
    let unconnected = house.tracker.statistics().udp.unconnected;
    assert!((1_000..=1_014).contains(&unconnected), "{unconnected}");
}

#[test]
fn packets_of_every_length_leave_it_alive() {
    let house = House::new();
    let client = Udp::connect(house.udp);
    let whole = UdpAnnounce::default().packet(client.connection);
    for length in (0..whole.len()).chain([1_500, 2_047, 2_048, 2_049, 9_000, 65_507]) {
        let mut packet = whole.clone();
        packet.resize(length, 0xff);
        client.send(&packet);
        if (16..=2_048).contains(&length) && length != 98 {
            let answer = client.receive();
            assert_eq!(&answer[..8], &[0, 0, 0, 3, 0, 0, 0, 77], "{length} bytes: an error");
            assert!(answer.len() <= length, "{length} bytes");
        } else if length == 98 {
            assert_eq!(UdpAnswer::read(&client.receive()).error(), TOLD, "an announce without a key");
        } else {
            assert!(client.is_silent_on(&[]), "{length} bytes: nothing");
        }
    }
    assert!(client.announce(&UdpAnnounce::default()).ports(6).is_empty());
}

#[test]
fn answers_are_bounded_by_what_was_asked() {
    let house = House::new();
    house.keys.set("", admit("by-address"));
    let client = Udp::connect(house.udp);
    for port in 1..=32 {
        client.announce(&UdpAnnounce { port, ..UdpAnnounce::default() });
        client.announce(&UdpAnnounce { port: 100 + port, path: "/announce?passkey=b", ..UdpAnnounce::default() });
    }
    for (wanted, most) in [(0, 0), (1, 1), (-1, 37), (i32::MIN, 37), (i32::MAX, 37), (1_000_000_000, 37)] {
        let asked = UdpAnnounce { path: "", wanted, port: 0, peer: 9, ..UdpAnnounce::default() };
        let answer = client.ask(&asked.packet(client.connection));
        assert_eq!(UdpAnswer::read(&answer).ports(6).len(), most, "{wanted}");
        assert!(answer.len() * 2 <= 98 * 5, "no more than two and a half times the request");
    }
    let scrape = client.scrape_packet(&[HASH; 74]);
    assert!(client.ask(&scrape).len() < scrape.len());
}

#[test]
fn a_flood_from_one_key_is_bounded() {
    let house = House::new();
    let client = Udp::connect(house.udp);
    for port in 1..500 {
        client.announce(&UdpAnnounce { port, peer: u8::try_from(port % 251).unwrap(), ..UdpAnnounce::default() });
    }
    assert_eq!(house.tracker.statistics().peers, 32);
    assert_eq!(house.tracker.statistics().unlisted, 499 - 32);
    let honest = UdpAnnounce { path: "/announce?passkey=b", port: 6_000, peer: 252, ..UdpAnnounce::default() };
    client.announce(&honest);
    assert_eq!(house.listed().iter().filter(|name| *name == "site-b").count(), 1);
}

#[test]
fn a_scrape_tells_only_who_is_admitted() {
    let house = House::new();
    let client = Udp::connect(house.udp);
    client.announce(&UdpAnnounce { left: 0, ..UdpAnnounce::default() });
    let packet = client.scrape_packet(&[HASH, InfoHash([3; 20])]);
    assert_eq!(UdpAnswer::read(&client.ask(&packet)).error(), TOLD[..TOLD.len().min(packet.len() - 8)].to_owned());
    house.keys.set("", admit("by-address"));
    house.tracker.forget(lamp_tracker::Forget::All);
    let answer = client.ask(&packet);
    assert_eq!(answer, [&[0, 0, 0, 2, 0, 0, 0, 5][..], &[0, 0, 0, 1], &[0; 8], &[0; 12]].concat());
}
