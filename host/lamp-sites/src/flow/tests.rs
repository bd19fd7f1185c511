//! Two flows over a network that drops, repeats, delays and reorders, between machines that restart at any moment.
//! Whatever happens, each side's messages have their effect on the other side once and in order. A failure prints its
//! seed, and the seed alone repeats it.

use super::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::collections::VecDeque;

/// What a machine keeps through a restart: its store.
#[derive(Debug, Default)]
struct Durable {
    /// All messages ever sent, by number from 1.
    sent: Vec<u32>,
    acknowledged: u64,
    received: u64,
    /// Effects, in the order they happened.
    effects: Vec<u32>,
}

impl Durable {
    /// As the store does it: numbers that are known are left out.
    fn receive(&mut self, first: u64, batch: &[u32]) -> u64 {
        assert!(first <= self.received + 1, "a gap reached the store");
        for (sequence, message) in (first..).zip(batch) {
            if sequence > self.received {
                self.effects.push(*message);
                self.received = sequence;
            }
        }
        self.received
    }
}

#[derive(Debug, Clone)]
enum Packet {
    Messages { first: u64, batch: Vec<u32> },
    Received(u64),
}

struct World {
    random: StdRng,
    now: i64,
    machines: [Durable; 2],
    /// None between sessions.
    flows: Option<[Flow; 2]>,
    /// Packets under way: when they arrive, at whom.
    network: VecDeque<(i64, usize, Packet)>,
    /// Out of a hundred.
    trouble: u32,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let trouble = random.random_range(0..60);
        let machines = [Durable::default(), Durable::default()];
        Self { random, now: 0, machines, flows: None, network: VecDeque::new(), trouble }
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.random.random_range(0..100) < percent
    }

    /// The handshake: each side tells how far it is, and everything begins anew from the stores.
    fn connect(&mut self) {
        let received = [self.machines[0].received, self.machines[1].received];
        let now = UnixMs(self.now);
        self.network.clear();
        self.flows = Some([0, 1].map(|side: usize| {
            let machine = &mut self.machines[side];
            machine.acknowledged = machine.acknowledged.max(received[1 - side]);
            let (acknowledged, received) = (machine.acknowledged, machine.received);
            Flow::new(Start { now, acknowledged, received, is_open: true, silence_ms: 1_000_000 })
        }));
    }

    fn send(&mut self, to: usize, packet: Packet) {
        let copies = if self.chance(self.trouble) { self.random.random_range(0..4) } else { 1 };
        for _ in 0..copies {
            let delay = if self.chance(self.trouble) { self.random.random_range(0..15_000) } else { 20 };
            self.network.push_back((self.now + delay, to, packet.clone()));
        }
    }

    fn pump(&mut self, side: usize) {
        let Some(flows) = &mut self.flows else { return };
        while let Some((after, limit)) = flows[side].wants() {
            let all = &self.machines[side].sent;
            let from = usize::try_from(after).unwrap();
            let until = all.len().min(from + usize::try_from(limit).unwrap());
            let batch = all[from..until].to_vec();
            if batch.is_empty() {
                return;
            }
            flows[side].sending(UnixMs(self.now), batch.len() as u64);
            self.send(1 - side, Packet::Messages { first: after + 1, batch });
            return;
        }
    }

    fn arrive(&mut self, side: usize, packet: Packet) {
        let Some(flows) = &mut self.flows else { return };
        let flow = &mut flows[side];
        flow.heard(UnixMs(self.now));
        match packet {
            Packet::Messages { first, batch } => {
                match flow.arriving(first, batch.len() as u64) {
                    Arrival::Store => flow.stored(self.machines[side].receive(first, &batch)),
                    Arrival::Again => {}
                    Arrival::Ignore => return,
                }
                let received = flow.received();
                self.send(1 - side, Packet::Received(received));
            }
            Packet::Received(sequence) => {
                let news = flow.acknowledge(UnixMs(self.now), sequence);
                assert!(news.is_some(), "an honest side never acknowledges what was not sent");
                let machine = &mut self.machines[side];
                machine.acknowledged = machine.acknowledged.max(sequence);
            }
        }
    }

    fn step(&mut self) {
        self.now += i64::from(self.random.random_range(1..400_u32));
        for side in 0..2 {
            if self.chance(30) {
                let number = u32::try_from(self.machines[side].sent.len()).unwrap();
                self.machines[side].sent.push(number);
            }
        }
        if self.chance(if self.trouble > 0 { 2 } else { 0 }) {
            self.flows = None;
        }
        if self.flows.is_none() && self.chance(50) {
            self.connect();
        }
        self.run();
    }

    fn run(&mut self) {
        let due: Vec<(i64, usize, Packet)> = {
            let now = self.now;
            let (due, later): (Vec<_>, Vec<_>) = self.network.drain(..).partition(|(at, ..)| *at <= now);
            self.network = later.into();
            due
        };
        for (_, side, packet) in due {
            self.arrive(side, packet);
        }
        for side in 0..2 {
            if let Some(flows) = &mut self.flows {
                flows[side].tick(UnixMs(self.now));
            }
            self.pump(side);
        }
    }

    fn settled(&self) -> bool {
        (0..2).all(|side| self.machines[side].acknowledged == self.machines[side].sent.len() as u64)
    }
}

#[test]
fn every_message_has_its_effect_once_and_in_order() {
    let mut restarts_seen = 0;
    for seed in 0..1_000 {
        let mut world = World::new(seed);
        for _ in 0..300 {
            let before = world.flows.is_some();
            world.step();
            restarts_seen += u32::from(before && world.flows.is_none());
        }
        // The trouble ends; everything must come through.
        world.trouble = 0;
        world.connect();
        for _ in 0..2_000 {
            world.now += 100;
            world.run();
            if world.settled() && world.network.is_empty() {
                break;
            }
        }
        assert!(world.settled(), "seed {seed}: {:?} messages are lost", world.machines);
        for side in 0..2 {
            assert_eq!(world.machines[1 - side].effects, world.machines[side].sent, "seed {seed}");
        }
    }
    assert!(restarts_seen > 500, "the simulation restarts machines: {restarts_seen}");
}

fn flow() -> Flow {
    Flow::new(Start { now: UnixMs(0), acknowledged: 3, received: 5, is_open: true, silence_ms: 80_000 })
}

#[test]
fn arriving_batches_are_told_apart() {
    let mut flow = flow();
    for (first, count, arrival) in [
        (6, 1, Arrival::Store),
        (1, 9, Arrival::Store),
        (1, 5, Arrival::Again),
        (7, 1, Arrival::Ignore),
        (0, 9, Arrival::Ignore),
        (6, 0, Arrival::Ignore),
        (u64::MAX, u64::MAX, Arrival::Ignore),
        (1, u64::MAX, Arrival::Store),
    ] {
        assert_eq!(flow.arriving(first, count), arrival, "{first} {count}");
    }
    flow.set_open(false);
    assert_eq!(flow.arriving(6, 1), Arrival::Ignore, "nothing is taken while it is closed");
    assert_eq!(flow.wants(), None);
}

#[test]
fn what_is_not_acknowledged_is_sent_again() {
    let mut flow = flow();
    assert_eq!(flow.wants(), Some((3, 64)));
    flow.sending(UnixMs(1_000), 64);
    assert_eq!(flow.wants(), Some((67, 64)));
    flow.tick(UnixMs(10_999));
    assert_eq!(flow.wants(), Some((67, 64)));
    flow.tick(UnixMs(11_000));
    assert_eq!(flow.wants(), Some((3, 64)), "again from the first");
    assert_eq!(flow.acknowledge(UnixMs(11_001), 40), Some(true), "a late answer to the first time counts");
    assert_eq!(flow.wants(), Some((40, 64)));
    assert_eq!(flow.acknowledge(UnixMs(11_002), 40), Some(false));
    assert_eq!(flow.acknowledge(UnixMs(11_002), 68), None, "never sent");
}

#[test]
fn the_window_bounds_what_is_under_way_and_silence_ends_it() {
    let mut flow = flow();
    while let Some((_, count)) = flow.wants() {
        flow.sending(UnixMs(0), count);
    }
    assert_eq!(flow.acknowledge(UnixMs(0), 3 + WINDOW), Some(true), "so many were under way");
    assert!(!flow.tick(UnixMs(79_999)));
    assert!(flow.tick(UnixMs(80_000)));
    flow.heard(UnixMs(80_000));
    assert!(!flow.tick(UnixMs(80_001)));
}
