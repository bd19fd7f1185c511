//! Swarms under ordinary clients, odd ones and hostile ones.

use super::*;
use crate::subject::Subjects;
use proptest::prelude::*;
use std::collections::BTreeSet;

const HASH: InfoHash = InfoHash([1; 20]);
const ALL: Wanted = Wanted { v4: 1_000, v6: 1_000, both: 1_000 };

struct House {
    swarm: Swarm,
    totals: Arc<Totals>,
    subjects: Subjects,
}

impl House {
    fn new(limits: SwarmLimits) -> Self {
        let totals = Arc::new(Totals::default());
        Self { swarm: Swarm::new(Arc::new(limits), Arc::clone(&totals)), totals, subjects: Subjects::default() }
    }

    fn peer(&self, subject: &str, address: &str, left_bytes: u64) -> PeerAnnounce {
        let address: SocketAddr = address.parse().unwrap();
        let mut id = [0; 20];
        id[..2].copy_from_slice(&address.port().to_be_bytes());
        PeerAnnounce {
            subject: self.subjects.named(subject),
            address,
            peer_id: PeerId(id),
            left_bytes: Some(left_bytes),
            uploaded_bytes: 0,
            downloaded_bytes: 0,
            stopped: false,
            started: false,
            expires_at_s: 100,
            now_s: 0,
        }
    }

    /// Announces and gives the ports of the peers told of.
    fn announce(&mut self, peer: &PeerAnnounce) -> BTreeSet<u16> {
        self.announce_for(peer, ALL, 0)
    }

    fn announce_for(&mut self, peer: &PeerAnnounce, wanted: Wanted, random: u64) -> BTreeSet<u16> {
        let mut peers = CompactPeers::default();
        self.swarm.announce(HASH, peer, wanted, random, &mut peers);
        let told: Vec<&[u8]> = peers.v4.chunks(6).chain(peers.v6.chunks(18)).collect();
        assert_eq!(told.iter().collect::<BTreeSet<_>>().len(), told.len(), "nobody is told of twice");
        let ports =
            told.iter().map(|compact| u16::from_be_bytes([compact[compact.len() - 2], compact[compact.len() - 1]]));
        ports.collect()
    }

    fn counts(&self) -> (u32, u32, u32) {
        let counts = self.swarm.counts(HASH);
        (counts.seeders, counts.leechers, counts.completed)
    }

    fn peers(&self) -> usize {
        self.totals.peers.load(Ordering::Relaxed)
    }
}

fn house() -> House {
    House::new(SwarmLimits::default())
}

#[test]
fn peers_are_told_of_each_other_and_not_of_themselves() {
    let mut house = house();
    let (seeder, leecher) = (house.peer("a", "192.0.2.1:1001", 0), house.peer("b", "192.0.2.2:1002", 5));
    assert!(house.announce(&seeder).is_empty());
    assert_eq!(house.announce(&leecher), [1001].into());
    assert_eq!(house.announce(&seeder), [1002].into());
    assert_eq!(house.counts(), (1, 1, 0));
}

#[test]
fn seeders_are_not_told_of_seeders_unless_they_start() {
    let mut house = house();
    for port in 1001..1004 {
        house.announce(&house.peer("a", &format!("192.0.2.1:{port}"), 0));
    }
    let mut other = house.peer("b", "192.0.2.2:2000", 0);
    assert!(house.announce(&other).is_empty());
    other.started = true;
    assert_eq!(house.announce(&other), [1001, 1002, 1003].into(), "it may be resolving a magnet link");
}

#[test]
fn a_client_is_not_told_of_itself_in_the_other_family() {
    let mut house = house();
    let four = house.peer("a", "192.0.2.1:1001", 5);
    let six = PeerAnnounce { address: "[2001:db8::1]:1001".parse().unwrap(), ..four.clone() };
    house.announce(&four);
    assert!(house.announce(&six).is_empty());
    assert!(house.announce(&four).is_empty());
    let other = house.peer("b", "[2001:db8::2]:1002", 5);
    house.announce(&other);
    assert_eq!(house.announce(&four), [1002].into(), "both families are told of");
}

#[test]
fn a_restarted_client_replaces_itself_and_nobody_else() {
    let mut house = house();
    let first = house.peer("a", "192.0.2.1:1001", 5);
    house.announce(&first);
    let again = PeerAnnounce { peer_id: PeerId([9; 20]), ..first.clone() };
    assert!(house.announce(&again).is_empty());
    assert_eq!(house.peers(), 1);
    let forged = PeerAnnounce { subject: house.subjects.named("thief"), stopped: true, ..first };
    house.announce(&forged);
    assert_eq!(house.peers(), 1, "another subject cannot stop it");
}

#[test]
fn a_download_counts_once() {
    let mut house = house();
    let mut peer = house.peer("a", "192.0.2.1:1001", 5);
    for left_bytes in [5, 5, 0, 0, 7, 0] {
        peer.left_bytes = Some(left_bytes);
        house.announce(&peer);
    }
    assert_eq!(house.counts(), (1, 0, 1));
    house.announce(&house.peer("b", "192.0.2.2:1001", 0));
    assert_eq!(house.counts(), (2, 0, 1), "a seeder that was one from the start downloaded nothing");
}

#[test]
fn unknown_left_is_a_leecher() {
    let mut house = house();
    let peer = PeerAnnounce { left_bytes: None, ..house.peer("a", "192.0.2.1:1001", 5) };
    house.announce(&peer);
    assert_eq!(house.counts(), (0, 1, 0));
}

#[test]
fn a_stopped_peer_is_gone_and_is_told_of_nobody() {
    let mut house = house();
    let (one, two) = (house.peer("a", "192.0.2.1:1001", 5), house.peer("b", "192.0.2.2:1002", 5));
    house.announce(&one);
    house.announce(&two);
    assert!(house.announce(&PeerAnnounce { stopped: true, ..two }).is_empty());
    assert_eq!(house.counts(), (0, 1, 0));
    let stranger = PeerAnnounce { stopped: true, ..house.peer("c", "192.0.2.3:1003", 5) };
    let mut peers = CompactPeers::default();
    house.swarm.announce(InfoHash([2; 20]), &stranger, ALL, 0, &mut peers);
    assert_eq!(house.totals.torrents.load(Ordering::Relaxed), 1, "who leaves makes no torrent known");
}

#[test]
fn a_peer_without_a_port_is_answered_and_not_listed() {
    let mut house = house();
    house.announce(&house.peer("a", "192.0.2.1:1001", 0));
    assert_eq!(house.announce(&house.peer("b", "192.0.2.2:0", 5)), [1001].into());
    assert_eq!(house.counts(), (1, 0, 0));
}

#[test]
fn the_silent_are_forgotten() {
    let mut house = house();
    let early = house.peer("a", "192.0.2.1:1001", 5);
    let late = PeerAnnounce { expires_at_s: 200, ..house.peer("b", "192.0.2.2:1002", 5) };
    house.announce(&early);
    house.announce(&late);
    house.swarm.sweep(99);
    assert_eq!(house.peers(), 2);
    house.swarm.sweep(100);
    assert_eq!(house.announce(&late), BTreeSet::new());
    assert_eq!(house.counts(), (0, 1, 0));
    house.swarm.sweep(200);
    assert_eq!((house.peers(), house.totals.torrents.load(Ordering::Relaxed)), (0, 0));
    assert_eq!(early.subject.peers.load(Ordering::Relaxed), 0);
}

#[test]
fn an_empty_torrent_keeps_its_downloads_while_there_is_room() {
    let mut house = House::new(SwarmLimits { torrents: 4, ..SwarmLimits::default() });
    for number in 0..3 {
        let hash = InfoHash([number; 20]);
        for left_bytes in [5, 0] {
            let mut peers = CompactPeers::default();
            let peer = house.peer("a", "192.0.2.1:1001", left_bytes);
            house.swarm.announce(hash, &peer, ALL, 0, &mut peers);
        }
        if number == 1 {
            house.swarm.sweep(1_000);
            assert_eq!(house.swarm.counts(hash).completed, 1);
        }
    }
    house.swarm.sweep(1_000);
    assert_eq!(
        house.totals.torrents.load(Ordering::Relaxed),
        0,
        "more than half full: nothing is kept for its own sake"
    );
}

#[test]
fn a_subject_or_a_torrent_is_removed_whole() {
    let mut house = house();
    for (subject, port) in [("a", 1001), ("b", 1002), ("a", 1003)] {
        house.announce(&house.peer(subject, &format!("192.0.2.1:{port}"), 5));
    }
    let subject = house.subjects.named("a");
    let before = house.totals.revision.load(Ordering::Relaxed);
    assert_eq!(house.swarm.remove_subject(&subject), 2);
    assert!(house.totals.revision.load(Ordering::Relaxed) > before);
    assert_eq!((house.peers(), subject.peers.load(Ordering::Relaxed)), (1, 0));
    assert!(house.swarm.remove_torrent(HASH));
    assert!(!house.swarm.remove_torrent(HASH));
    assert_eq!((house.peers(), house.totals.torrents.load(Ordering::Relaxed)), (0, 0));
}

#[test]
fn a_refused_peer_leaves() {
    let mut house = house();
    let peer = house.peer("a", "192.0.2.1:1001", 5);
    house.announce(&peer);
    house.announce(&PeerAnnounce { address: "203.0.113.1:1001".parse().unwrap(), ..peer.clone() });
    house.announce(&house.peer("a", "192.0.2.2:1002", 5));
    let stranger = PeerId([7; 20]);
    house.swarm.refuse(HASH, None, peer.address, peer.peer_id, 1);
    house.swarm.refuse(HASH, Some(&house.subjects.named("b")), peer.address, peer.peer_id, 1);
    assert_eq!(house.peers(), 3);
    house.swarm.refuse(HASH, Some(&peer.subject), peer.address, stranger, 1);
    assert_eq!(house.peers(), 2, "by its address");
    house.swarm.refuse(HASH, Some(&peer.subject), peer.address, peer.peer_id, 1);
    assert_eq!(house.peers(), 1, "by its id, at the address it was listed with");
    let view = house.swarm.view(10).next().unwrap();
    assert_eq!((view.admitted, view.refused, view.announced_ago_s), (3, 4, 9));
}

#[test]
fn a_flood_of_one_subject_leaves_room_for_others() {
    let limits = SwarmLimits {
        torrents: 5,
        peers: 100,
        peers_per_torrent: 50,
        peers_per_subject: 40,
        peers_per_subject_and_torrent: 10,
    };
    let mut house = House::new(limits);
    let mut peers = CompactPeers::default();
    for number in 0..10_u8 {
        for port in 1..1_000 {
            let peer = house.peer("flood", &format!("192.0.2.1:{port}"), 5);
            house.swarm.announce(InfoHash([number; 20]), &peer, ALL, 0, &mut peers);
        }
    }
    assert_eq!((house.peers(), house.totals.torrents.load(Ordering::Relaxed)), (40, 5));
    let honest = house.peer("honest", "192.0.2.2:5000", 0);
    assert_eq!(house.announce(&honest).len(), 10);
    assert!(house.announce(&house.peer("other", "192.0.2.3:5001", 5)).contains(&5000));
    for number in 0..200_u8 {
        let peer = house.peer(&number.to_string(), &format!("192.0.2.{number}:6000"), 5);
        house.announce(&peer);
    }
    assert_eq!(house.swarm.counts(HASH).leechers + house.swarm.counts(HASH).seeders, 50, "the torrent is full");
}

#[test]
fn an_answer_is_bounded_and_chance_reaches_everybody() {
    let mut house = house();
    for port in 1001..=1020 {
        house.announce(&house.peer(&port.to_string(), &format!("192.0.2.1:{port}"), u64::from(port > 1010)));
    }
    let asker = house.peer("asker", "192.0.2.9:9", 5);
    let wanted = Wanted { v4: 8, v6: 8, both: 6 };
    let mut seen = BTreeSet::new();
    for random in 0..20 {
        let told = house.announce_for(&asker, wanted, random | random << 32);
        assert_eq!(told.len(), 6);
        assert_eq!(told.iter().filter(|port| **port <= 1010).count(), 3, "half of them seeders");
        seen.extend(told);
    }
    assert_eq!(seen.len(), 20);
    assert!(house.announce_for(&asker, Wanted { v4: 0, v6: 0, both: 0 }, 0).is_empty());
}

#[test]
fn a_snapshot_brings_everything_back_but_time() {
    let mut house = house();
    let mut done = house.peer("a", "192.0.2.1:1001", 5);
    house.announce(&done);
    done.left_bytes = Some(0);
    house.announce(&done);
    house.announce(&house.peer("b", "[2001:db8::1]:1002", 7));
    house.announce(&house.peer("gone", "192.0.2.3:1003", 7));
    let text = serde_json::to_string(&Snapshot::of(house.swarm.snapshot().collect())).unwrap();

    let mut other = self::house();
    let snapshot: Snapshot = serde_json::from_str(&text).unwrap();
    for torrent in snapshot.into_torrents().unwrap() {
        let subjects = &other.subjects;
        other.swarm.restore(torrent, 0, 50, |name| (name != "gone").then(|| subjects.named(name)));
    }
    assert_eq!(other.counts(), (1, 1, 1));
    assert_eq!(other.announce(&other.peer("c", "192.0.2.4:1004", 5)), [1001, 1002].into());
    let mut again = other.peer("a", "192.0.2.1:1001", 5);
    other.announce(&again);
    again.left_bytes = Some(0);
    other.announce(&again);
    assert_eq!(other.counts().2, 1, "what was counted is not counted again");
    other.swarm.sweep(50);
    assert_eq!(other.peers(), 2, "b did not come back in its term");
    let newer = text.replace("\"version\":1", "\"version\":2");
    let refused = serde_json::from_str::<Snapshot>(&newer).unwrap().into_torrents();
    assert_eq!(refused, Err(SnapshotError::Version(2)));
}

#[derive(Debug, Clone)]
enum Act {
    Announce { subject: u8, port: u8, left: Option<u64>, stopped: bool, six: bool },
    Sweep(u32),
    RemoveSubject(u8),
    RemoveTorrent,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        12 => (0..4_u8, 0..12_u8, proptest::option::of(0..2_u64), proptest::bool::weighted(0.2), any::<bool>())
            .prop_map(|(subject, port, left, stopped, six)| Act::Announce { subject, port, left, stopped, six }),
        2 => (0..60_u32).prop_map(Act::Sweep),
        1 => (0..4_u8).prop_map(Act::RemoveSubject),
        1 => Just(Act::RemoveTorrent),
    ]
}

proptest! {
    /// Whatever happens, the counts of subjects, torrents and totals say the same as a list of who is there.
    #[test]
    fn all_counts_agree(acts in proptest::collection::vec(act(), 1..80)) {
        let mut house = House::new(SwarmLimits { peers_per_subject_and_torrent: 8, ..SwarmLimits::default() });
        for (second, act) in (0_u32..).zip(acts) {
            match act {
                Act::Announce { subject, port, left, stopped, six } => {
                    let host = if six { format!("[2001:db8::{subject}]") } else { format!("192.0.2.{subject}") };
                    let mut peer = house.peer(&subject.to_string(), &format!("{host}:{port}"), 0);
                    (peer.left_bytes, peer.stopped, peer.expires_at_s) = (left, stopped, second + 20);
                    let told = house.announce(&peer);
                    prop_assert!(!told.contains(&0));
                }
                Act::Sweep(now_s) => house.swarm.sweep(now_s),
                Act::RemoveSubject(subject) => {
                    let subject = house.subjects.named(&subject.to_string());
                    house.swarm.remove_subject(&subject);
                    prop_assert_eq!(subject.peers.load(Ordering::Relaxed), 0);
                }
                Act::RemoveTorrent => {
                    house.swarm.remove_torrent(HASH);
                }
            }
            let listed = house.swarm.peers(HASH, 1_000, second).unwrap_or_default();
            let counts = house.swarm.counts(HASH);
            prop_assert_eq!(listed.len(), house.peers());
            prop_assert_eq!(counts.seeders as usize, listed.iter().filter(|peer| peer.seeder).count());
            prop_assert_eq!(counts.leechers as usize, listed.iter().filter(|peer| !peer.seeder).count());
            for view in house.subjects.view() {
                let own = listed.iter().filter(|peer| peer.subject == view.subject).count();
                prop_assert_eq!(view.peers as usize, own);
                prop_assert!(own <= 8);
            }
        }
    }
}
