//! UDP announces, many under way at a time.

use crate::{PEERS, TORRENTS, info_hash};
use anyhow::{Result, bail};
use rand::Rng;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

/// Packets under way on one socket.
const WINDOW: usize = 64;
const SOCKETS: usize = 4;
/// Announces after which a client asks for a new connection id.
const CONNECT_EVERY: usize = 50;

/// The first packet of a client.
pub fn connect_packet() -> Vec<u8> {
    [&0x0417_2710_1980_u64.to_be_bytes()[..], &0_u32.to_be_bytes(), &1_u32.to_be_bytes()].concat()
}

/// Announces for `time`; with a path, it goes along in an option. Shape: announces answered with peers.
pub fn load(tracker: SocketAddr, path: &str, time: Duration) -> Result<u64> {
    let clients: Result<Vec<Client>> = (0..SOCKETS).map(|_| Client::connect(tracker, path)).collect();
    let (mut clients, until) = (clients?, Instant::now() + time);
    let mut answers = 0;
    while Instant::now() < until {
        for client in &mut clients {
            client.send()?;
        }
        for client in &mut clients {
            answers += client.receive()?;
        }
    }
    Ok(answers)
}

struct Client {
    socket: UdpSocket,
    packet: Vec<u8>,
    sent: usize,
    rounds: usize,
}

impl Client {
    fn connect(tracker: SocketAddr, path: &str) -> Result<Self> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.connect(tracker)?;
        socket.set_read_timeout(Some(Duration::from_millis(500)))?;
        let mut packet = vec![0; 98];
        packet[11] = 1;
        packet[15] = 9;
        packet[92..96].copy_from_slice(&30_i32.to_be_bytes());
        if !path.is_empty() {
            packet.extend_from_slice(&[2, u8::try_from(path.len())?]);
            packet.extend_from_slice(path.as_bytes());
        }
        let mut client = Self { socket, packet, sent: 0, rounds: 0 };
        client.renew()?;
        Ok(client)
    }

    fn renew(&mut self) -> Result<()> {
        self.socket.send(&connect_packet())?;
        let mut answer = [0; 2_048];
        loop {
            let length = self.socket.recv(&mut answer)?;
            // A late answer to an announce may come first.
            if length == 16 && answer[3] == 0 {
                self.packet[..8].copy_from_slice(&answer[8..16]);
                return Ok(());
            }
        }
    }

    fn send(&mut self) -> Result<()> {
        self.rounds += 1;
        if self.rounds.is_multiple_of(CONNECT_EVERY / (WINDOW / 16)) {
            self.renew()?;
        }
        let mut random = rand::rng();
        for _ in 0..WINDOW {
            let peer = random.random_range(0..PEERS);
            let torrent = u16::try_from(peer % u32::from(TORRENTS))?;
            let port = u16::try_from(peer / u32::from(TORRENTS))? + 1_000;
            self.packet[16..36].copy_from_slice(&info_hash(torrent).0);
            self.packet[36..40].copy_from_slice(&peer.to_be_bytes());
            self.packet[71] = u8::from(peer % 4 > 0);
            self.packet[96..98].copy_from_slice(&port.to_be_bytes());
            self.socket.send(&self.packet)?;
            self.sent += 1;
        }
        Ok(())
    }

    fn receive(&mut self) -> Result<u64> {
        let mut answer = [0; 2_048];
        let mut answers = 0;
        while self.sent > 0 {
            self.sent -= 1;
            match self.socket.recv(&mut answer) {
                Ok(length) if answer[3] == 1 && length >= 20 => answers += 1,
                Ok(_) => {}
                // A lost packet: the rest of the window is given up.
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => self.sent = 0,
                Err(error) => bail!("receive: {error}"),
            }
        }
        Ok(answers)
    }
}
