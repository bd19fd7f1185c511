//! BEP 3, 7, 23, 24, 31 and 48 on a connection, and connections that want to be held for ever.

use crate::client::{Http, Udp, UdpAnnounce, ports, target};
use crate::harness::{HASH, House, TOLD, admit, settings, until};
use lamp_tracker::TrackerSettings;
use std::io::Write;

#[test]
fn two_clients_meet_on_kept_connections() {
    let house = House::new();
    let mut client = Http::connect(house.http);
    let (status, alone) = client.get(&target("a", 'a', 1_000, "left=0&event=started&compact=0&numwant=-1"));
    assert_eq!((status, alone.bytes("peers"), alone.get("peers6")), (200, &[][..], None));
    assert_eq!(alone.bytes("external ip"), [127, 0, 0, 1]);
    assert!((300..=337).contains(&alone.integer("interval")));
    assert_eq!(alone.get("min interval"), None, "some clients would sleep no longer than that");
    let (_, met) = client.get(&target("b", 'b', 2_000, "left=5&ip=8.8.8.8&key=a"));
    assert_eq!(met.bytes("peers"), [&[127, 0, 0, 1][..], &1_000_u16.to_be_bytes()].concat());
    assert_eq!((met.integer("complete"), met.integer("incomplete"), met.integer("downloaded")), (1, 1, 0));
    client.get(&target("b", 'b', 2_000, "left=0&event=completed"));
    let (_, done) = client.get(&target("b", 'b', 2_000, "left=0&event=stopped"));
    assert_eq!((done.integer("downloaded"), done.bytes("peers")), (1, &[][..]));
    assert_eq!(house.listed(), ["site-a"]);
}

#[test]
fn both_families_are_told_of_over_http() {
    let house = House::on("[::]:0", settings());
    let here = |ip: &str, port: u16| format!("{ip}:{port}").parse().unwrap();
    let (four, six) = (here("127.0.0.1", house.http.port()), here("[::1]", house.http.port()));
    Http::connect(four).get(&target("a", 'a', 1_000, "left=5"));
    let (_, answer) = Http::connect(six).get(&target("b", 'b', 2_000, "left=5"));
    assert_eq!((ports(answer.bytes("peers"), 6), answer.get("peers6")), (vec![1_000], None));
    let (_, answer) = Http::connect(four).get(&target("a", 'c', 3_000, "left=5"));
    assert_eq!((ports(answer.bytes("peers"), 6), ports(answer.bytes("peers6"), 18)), (vec![1_000], vec![2_000]));
    let udp = Udp::connect(here("127.0.0.1", house.udp.port()));
    assert_eq!(udp.announce(&UdpAnnounce { port: 4_000, peer: 4, ..UdpAnnounce::default() }).ports(6), [1_000, 3_000]);
}

#[test]
fn refusals_come_with_status_200_and_a_time_to_come_back() {
    let house = House::new();
    let mut client = Http::connect(house.http);
    client.get(&target("a", 'a', 1_000, "left=0"));
    for key in ["wrong", ""] {
        let (status, refused) = client.get(&target(key, 'b', 2_000, "left=5"));
        assert_eq!((status, refused.failure(), refused.integer("retry in")), (200, TOLD, 7));
        assert_eq!(refused.get("peers"), None);
    }
    for (name, wanted) in [
        ("/announce?passkey=a", "missing parameter: info_hash"),
        ("/announce?passkey=a&info_hash=short", "invalid parameter: info_hash"),
        ("/scrape?passkey=a", "name the info hashes to scrape"),
    ] {
        let (status, refused) = client.get(name);
        assert_eq!((status, refused.failure()), (200, wanted), "{name}");
    }
    for name in ["/", "/stats", "/a/announce", "/../announce", "/%61/announce"] {
        assert_eq!(client.get(name).0, 404, "{name}");
    }
    client.write(b"POST /announce HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(client.receive().0, 405);
    assert_eq!(house.tracker.statistics().http.malformed, 8);
}

#[test]
fn a_scrape_lists_what_the_key_may_see() {
    let house = House::new();
    let mut client = Http::connect(house.http);
    client.get(&target("a", 'a', 1_000, "left=0"));
    let hash = "h".repeat(20);
    let (_, answer) = client.get(&format!("/scrape?passkey=a&info_hash={hash}&info_hash={}", "i".repeat(20)));
    let file = answer.get("files").unwrap().get(&hash).unwrap();
    assert_eq!((file.integer("complete"), file.integer("incomplete"), file.integer("downloaded")), (1, 0, 0));
    assert_eq!(answer.get("flags").unwrap().integer("min_request_interval"), 300);
    assert_eq!(client.get(&format!("/scrape?passkey=wrong&info_hash={hash}")).1.failure(), TOLD);
    assert_eq!(client.get(&format!("/scrape?info_hash={hash}")).1.failure(), TOLD);
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let house = House::new();
    let mut client = Http::connect(house.http);
    let many: String =
        (1..=50).map(|port| format!("GET {} HTTP/1.1\r\nHost: t\r\n\r\n", target("a", 'a', port, "left=5"))).collect();
    client.write(many.as_bytes());
    for before in 0..50_i64 {
        let (_, answer) = client.receive();
        assert_eq!(answer.integer("incomplete"), (before + 1).min(32), "the share of one subject is 32");
    }
    client.write(b"GET /announce HTTP/1.0\r\n\r\n");
    client.receive();
    assert_eq!(client.fill(), 0, "an old client is not kept");
}

#[test]
fn silence_and_endless_heads_are_cut_off() {
    let house = House::on("127.0.0.1:0", TrackerSettings { header_timeout_ms: 100, ..settings() });
    let mut silent = Http::connect(house.http);
    assert_eq!(silent.fill(), 0, "a connection that says nothing");
    let mut slow = Http::connect(house.http);
    slow.write(b"GET /announce HTTP/1.1\r\nHost:");
    // The server may say why (408 or 400) before it hangs up.
    while slow.fill() > 0 {}
    let mut idle = Http::connect(house.http);
    idle.get(&target("a", 'a', 1_000, "left=5"));
    assert_eq!(idle.fill(), 0, "a kept connection without a further request");
    for head in [format!("GET /announce?{} HTTP/1.1\r\n", "a".repeat(20_000)), "X: y\r\n".repeat(70)] {
        let mut endless = Http::connect(house.http);
        // The server may hang up before all of it is written.
        endless.stream.write_all(format!("GET /announce HTTP/1.1\r\n{head}").as_bytes()).ok();
        while endless.fill() > 0 {}
    }
    until("all are closed", || house.tracker.statistics().connections <= 1);
}

#[test]
fn connections_are_bounded_by_source_and_by_age() {
    let aged = TrackerSettings { connections: 8, connection_age_ms: 300, ..settings() };
    let house = House::on("127.0.0.1:0", aged);
    let mut open: Vec<Http> = (0..4).map(|_| Http::connect(house.http)).collect();
    for client in &mut open {
        client.get(&target("a", 'a', 1_000, "left=5"));
    }
    let mut fifth = Http::connect(house.http);
    assert_eq!(fifth.fill(), 0, "one source has half of the places");
    assert_eq!(house.tracker.statistics().http.turned_away, 1);
    for client in &mut open {
        assert_eq!(client.fill(), 0, "no connection is kept for ever");
    }
    until("places are free again", || house.tracker.statistics().connections == 0);
    assert_eq!(Http::connect(house.http).get(&target("a", 'a', 1_000, "left=5")).0, 200);
}

#[test]
fn the_end_answers_what_is_under_way() {
    let mut house = House::new();
    let mut kept = Http::connect(house.http);
    kept.get(&target("a", 'a', 1_000, "left=5"));
    house.stop();
    assert_eq!(kept.fill(), 0);
    assert!(std::net::TcpStream::connect(house.http).is_err());
    assert!(std::net::UdpSocket::bind(house.udp).is_ok(), "the port is free again");
    assert_eq!(house.tracker.snapshot().torrents.len(), 1, "the state is still there to be kept");
}

#[test]
fn one_port_number_serves_both() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let house = House::on(&free.to_string(), settings());
    assert_eq!((house.http, house.udp), (free, free));
    let taken = house.tracker.serve(free).unwrap_err().to_string();
    assert!(taken.contains(&free.to_string()) && taken.contains("TCP"), "{taken}");
    house.keys.set("", admit("by-address"));
    Http::connect(free).get(&target("a", 'a', 1_000, "left=5"));
    let client = Udp::connect(free);
    assert_eq!(client.ask(&client.scrape_packet(&[HASH]))[8..], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
}
