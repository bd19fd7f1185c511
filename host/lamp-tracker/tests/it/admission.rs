//! The policy and the memory of its verdicts: asked once, waited for briefly, forgotten on demand.

use crate::client::{Http, Udp, UdpAnnounce, target};
use crate::harness::{HASH, House, TOLD, refuse, until};
use lamp_tracker::policy::{Admission, Decision};
use lamp_tracker::{AccessKey, Forget, TrackerSettings};

const TRY_AGAIN: &str = "the tracker cannot decide at the moment, try again";

fn impatient() -> TrackerSettings {
    TrackerSettings { decide_within_ms: 50, ..TrackerSettings::default() }
}

#[test]
fn a_known_verdict_never_enters_the_policy() {
    let house = House::new();
    let (udp, mut http) = (Udp::connect(house.udp), Http::connect(house.http));
    for _ in 0..100 {
        udp.announce(&UdpAnnounce::default());
        http.get(&target("a", 'a', 1_000, "left=5"));
        http.get(&target("wrong", 'a', 1_000, "left=5"));
    }
    assert_eq!(house.keys.asked(), 2, "once for each key, over both transports");
    assert_eq!(house.tracker.statistics().verdicts, 2);
}

#[test]
fn without_a_policy_nobody_is_admitted() {
    let house = House::new();
    let mut client = Http::connect(house.http);
    client.get(&target("a", 'a', 1_000, "left=0"));
    house.tracker.set_policy(None);
    let (_, refused) = client.get(&target("a", 'a', 1_000, "left=0"));
    assert_eq!(refused.failure(), "this tracker admits nobody: it has no policy");
    assert!(client.get(&format!("/scrape?passkey=a&info_hash={}", "h".repeat(20))).1.failure().contains("no policy"));
    assert_eq!(house.keys.asked(), 1);
}

#[test]
fn many_who_ask_the_same_ask_once() {
    let house = House::new();
    house.keys.close();
    let mut clients: Vec<Http> = (0..20).map(|_| Http::connect(house.http)).collect();
    for (client, port) in clients.iter_mut().zip(1..) {
        client.write(format!("GET {} HTTP/1.1\r\nHost: t\r\n\r\n", target("a", 'a', port, "left=5")).as_bytes());
    }
    until("the policy is asked", || house.keys.asked() > 0);
    house.keys.open();
    for client in &mut clients {
        assert_eq!(client.receive().0, 200);
    }
    assert_eq!((house.keys.asked(), house.listed().len()), (1, 20));
}

#[test]
fn a_slow_policy_is_not_waited_for_and_decides_for_the_next_time() {
    let house = House::on("127.0.0.1:0", impatient());
    house.keys.close();
    let (udp, mut http) = (Udp::connect(house.udp), Http::connect(house.http));
    assert_eq!(udp.announce(&UdpAnnounce::default()).error(), TRY_AGAIN);
    let (_, later) = http.get(&target("a", 'a', 1_000, "left=5"));
    assert_eq!((later.failure(), later.integer("retry in")), (TRY_AGAIN, 1));
    assert!(http.get(&format!("/scrape?passkey=b&info_hash={}", "h".repeat(20))).1.failure() == TRY_AGAIN);
    assert_eq!(house.tracker.statistics().http.put_off, 2);
    house.keys.open();
    until("the verdict is known", || house.tracker.statistics().verdicts == 2);
    assert!(udp.announce(&UdpAnnounce::default()).ports(6).is_empty());
    assert_eq!(house.keys.asked(), 2);
}

#[test]
fn while_the_policy_is_away_its_last_verdict_holds() {
    let house = House::on("127.0.0.1:0", impatient());
    *house.keys.keep_ms.lock() = 1;
    let client = Udp::connect(house.udp);
    until("it is admitted", || {
        matches!(client.announce(&UdpAnnounce::default()), crate::client::UdpAnswer::Peers { .. })
    });
    house.keys.close();
    let asked = house.keys.asked();
    until("the verdict is no longer fresh", || {
        assert!(client.announce(&UdpAnnounce::default()).ports(6).is_empty());
        house.keys.asked() > asked
    });
    assert!(client.announce(&UdpAnnounce::default()).ports(6).is_empty(), "the last verdict");
    *house.keys.fails.lock() = true;
    house.keys.open();
    until("the policy fails", || house.tracker.statistics().policy_failures > 0);
    assert!(client.announce(&UdpAnnounce::default()).ports(6).is_empty(), "the last verdict again");
    house.tracker.forget(Forget::All);
    assert_eq!(client.announce(&UdpAnnounce::default()).error(), TRY_AGAIN);
}

#[test]
fn a_policy_that_panics_takes_nothing_with_it() {
    let house = House::new();
    let mut client = Http::connect(house.http);
    for _ in 0..2 {
        assert_eq!(client.get(&target("panic", 'a', 1_000, "left=5")).1.failure(), TRY_AGAIN);
    }
    assert_eq!((house.keys.asked(), house.tracker.statistics().policy_failures), (2, 2));
    assert_eq!(client.get(&target("a", 'a', 1_000, "left=5")).1.get("failure reason"), None);
}

#[test]
fn a_removed_subject_is_gone_at_once_and_stays_out() {
    let house = House::new();
    let (one, mut two) = (Udp::connect(house.udp), Http::connect(house.http));
    one.announce(&UdpAnnounce { left: 0, ..UdpAnnounce::default() });
    assert_eq!(two.get(&target("b", 'b', 2_000, "left=5")).1.bytes("peers").len(), 6);
    let revision = house.tracker.revision();
    house.keys.set("a", refuse(Some("site-a"), "site-a is not authorised"));
    assert_eq!(house.tracker.remove_subject("site-a"), 1);
    assert!(house.tracker.revision() > revision);
    assert_eq!(house.listed(), ["site-b"]);
    assert!(two.get(&target("b", 'b', 2_000, "left=5")).1.bytes("peers").is_empty());
    assert_eq!(one.announce(&UdpAnnounce::default()).error(), TOLD);
    assert_eq!(house.listed(), ["site-b"]);
    let view = house.tracker.subjects();
    assert_eq!((view[0].subject.as_str(), view[0].peers, view[0].admitted, view[0].refused), ("site-a", 0, 1, 1));
    let torrent = &house.tracker.torrents()[0];
    assert_eq!((torrent.info_hash, torrent.admitted, torrent.refused), (HASH, 3, 1));
    assert_eq!(house.tracker.recent_refusals()[0].reason, "site-a is not authorised");
}

#[test]
fn a_verdict_asked_for_before_a_removal_admits_nobody_after_it() {
    let house = House::new();
    house.keys.close();
    let mut client = Http::connect(house.http);
    client.write(format!("GET {} HTTP/1.1\r\nHost: t\r\n\r\n", target("a", 'a', 1_000, "left=5")).as_bytes());
    until("the policy is asked", || house.keys.asked() == 1);
    house.keys.set("a", refuse(Some("site-a"), "removed"));
    house.tracker.remove_subject("site-a");
    house.keys.open();
    assert_eq!(client.receive().1.failure(), TRY_AGAIN);
    assert!(house.listed().is_empty());
    assert_eq!(client.get(&target("a", 'a', 1_000, "left=5")).1.failure(), TOLD);
}

#[test]
fn a_peer_that_is_refused_later_leaves_the_swarm() {
    let house = House::new();
    let client = Udp::connect(house.udp);
    client.announce(&UdpAnnounce::default());
    house.keys.set("a", refuse(Some("site-a"), "not in these hours"));
    house.tracker.forget(Forget::Key(AccessKey::parse(b"a").unwrap()));
    assert_eq!(house.listed(), ["site-a"], "forgetting a verdict removes nobody");
    assert_eq!(client.announce(&UdpAnnounce::default()).error(), TOLD);
    assert!(house.listed().is_empty());
}

#[test]
fn verdicts_are_forgotten_by_key_subject_torrent_and_all() {
    let house = House::new();
    let mut client = Http::connect(house.http);
    let mut asked_again = |which: Forget<'_>| {
        let mut announce = |key| drop(client.get(&target(key, 'a', 1_000, "left=5")));
        announce("a");
        announce("b");
        let before = house.keys.asked();
        house.tracker.forget(which);
        announce("a");
        announce("b");
        house.keys.asked() - before
    };
    assert_eq!(asked_again(Forget::Key(AccessKey::parse(b"a").unwrap())), 1);
    assert_eq!(asked_again(Forget::Subject("site-b")), 1);
    assert_eq!(asked_again(Forget::Subject("nobody")), 0);
    assert_eq!(asked_again(Forget::Torrent(HASH)), 2);
    assert_eq!(asked_again(Forget::All), 2);
    assert!(house.tracker.remove_torrent(HASH));
    assert!(house.tracker.torrents().is_empty());
}

#[test]
fn the_terms_of_an_admission_hold() {
    let house = House::new();
    let terms = Admission {
        subject: "hub".to_owned(),
        interval_s: Some(1),
        most_peers: Some(1),
        listed_as: Some("203.0.113.9".parse().unwrap()),
    };
    house.keys.set("hub", Decision::Admit(terms));
    let mut client = Http::connect(house.http);
    client.get(&target("a", 'a', 1_000, "left=5"));
    client.get(&target("b", 'b', 2_000, "left=5"));
    let (_, answer) = client.get(&target("hub", 'c', 3_000, "left=0"));
    assert_eq!(answer.bytes("peers").len(), 6, "one of two");
    assert!((30..34).contains(&answer.integer("interval")), "no shorter than half a minute");
    let addresses: Vec<String> =
        house.tracker.peers(HASH, 9).unwrap().iter().map(|peer| peer.address.to_string()).collect();
    assert!(addresses.contains(&"203.0.113.9:3000".to_owned()), "{addresses:?}");
}

#[test]
fn swarms_outlive_a_restart_without_those_cut_off_meanwhile() {
    let mut before = House::new();
    let client = Udp::connect(before.udp);
    client.announce(&UdpAnnounce { left: 0, ..UdpAnnounce::default() });
    client.announce(&UdpAnnounce { path: "/announce?passkey=b", peer: 2, port: 2_000, ..UdpAnnounce::default() });
    before.stop();
    let kept = serde_json::to_vec(&before.tracker.snapshot()).unwrap();
    assert!(!String::from_utf8_lossy(&kept).contains("announce"), "no key is written down");

    let after = House::new();
    after.tracker.restore(serde_json::from_slice(&kept).unwrap(), |name| name == "site-a").unwrap();
    assert_eq!(after.listed(), ["site-a"]);
    let (_, answer) = Http::connect(after.http).get(&target("b", 'c', 3_000, "left=5"));
    assert_eq!(crate::client::ports(answer.bytes("peers"), 6), [1_000]);
}

#[test]
fn questions_of_one_source_are_bounded() {
    let house = House::on("127.0.0.1:0", TrackerSettings { questions: 40, ..impatient() });
    house.keys.close();
    let client = Udp::connect(house.udp);
    for number in 0..100 {
        let path = format!("/announce?passkey=guess-{number}");
        assert_eq!(client.announce(&UdpAnnounce { path: &path, ..UdpAnnounce::default() }).error(), TRY_AGAIN);
    }
    until("questions are asked", || house.keys.asked() == 10);
    assert_eq!(house.tracker.statistics().policy_calls, 10, "a quarter of all");
    house.keys.open();
    until("places are free again", || {
        client.announce(&UdpAnnounce { path: "/announce?passkey=other", ..UdpAnnounce::default() }).error() == TOLD
    });
}
