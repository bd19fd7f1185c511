//! A small client: packets, requests, and answers taken apart.

use lamp_tracker::InfoHash;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

/// Longer than any answer takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// A UDP client with a connection id.
pub struct Udp {
    pub socket: UdpSocket,
    pub connection: u64,
}

impl Udp {
    pub fn connect(tracker: SocketAddr) -> Self {
        let here = if tracker.is_ipv4() { "127.0.0.1:0" } else { "[::1]:0" };
        let socket = UdpSocket::bind(here).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.connect(tracker).unwrap();
        let mut client = Self { socket, connection: 0 };
        client.send(&connect(1));
        let answer = client.receive();
        assert_eq!((answer.len(), &answer[..8]), (16, &[0, 0, 0, 0, 0, 0, 0, 1][..]));
        client.connection = u64::from_be_bytes(answer[8..].try_into().unwrap());
        client
    }

    pub fn send(&self, packet: &[u8]) {
        self.socket.send(packet).unwrap();
    }

    pub fn receive(&self) -> Vec<u8> {
        let mut buffer = [0; 4_096];
        let length = self.socket.recv(&mut buffer).expect("an answer");
        buffer[..length].to_vec()
    }

    pub fn ask(&self, packet: &[u8]) -> Vec<u8> {
        self.send(packet);
        self.receive()
    }

    /// Whether a packet gets no answer: the next answer is the one to a connect sent after it.
    pub fn is_silent_on(&self, packet: &[u8]) -> bool {
        self.send(packet);
        self.ask(&connect(0xfeed))[4..8] == 0xfeed_u32.to_be_bytes()
    }

    pub fn announce(&self, announce: &UdpAnnounce<'_>) -> UdpAnswer {
        UdpAnswer::read(&self.ask(&announce.packet(self.connection)))
    }

    pub fn scrape_packet(&self, hashes: &[InfoHash]) -> Vec<u8> {
        let mut packet = header(self.connection, 2, 5);
        packet.extend(hashes.iter().flat_map(|hash| hash.0));
        packet
    }
}

pub fn header(connection: u64, action: u32, transaction: u32) -> Vec<u8> {
    [&connection.to_be_bytes()[..], &action.to_be_bytes(), &transaction.to_be_bytes()].concat()
}

pub fn connect(transaction: u32) -> Vec<u8> {
    header(0x0417_2710_1980, 0, transaction)
}

#[derive(Clone, Copy)]
pub struct UdpAnnounce<'a> {
    pub hash: InfoHash,
    pub peer: u8,
    pub left: u64,
    pub event: u32,
    pub wanted: i32,
    pub port: u16,
    pub path: &'a str,
}

impl Default for UdpAnnounce<'_> {
    fn default() -> Self {
        Self {
            hash: super::harness::HASH,
            peer: 1,
            left: 5,
            event: 0,
            wanted: -1,
            port: 1_000,
            path: "/announce?passkey=a",
        }
    }
}

impl UdpAnnounce<'_> {
    pub fn packet(&self, connection: u64) -> Vec<u8> {
        let mut packet = header(connection, 1, 77);
        packet.extend_from_slice(&self.hash.0);
        packet.extend_from_slice(&[self.peer; 20]);
        for number in [0, self.left, 0] {
            packet.extend_from_slice(&number.to_be_bytes());
        }
        packet.extend_from_slice(&self.event.to_be_bytes());
        packet.extend_from_slice(&[8, 8, 8, 8, 1, 2, 3, 4]);
        packet.extend_from_slice(&self.wanted.to_be_bytes());
        packet.extend_from_slice(&self.port.to_be_bytes());
        if !self.path.is_empty() {
            packet.extend_from_slice(&[2, u8::try_from(self.path.len()).unwrap()]);
            packet.extend_from_slice(self.path.as_bytes());
        }
        packet
    }
}

/// The answer to an announce.
#[derive(Debug, PartialEq, Eq)]
pub enum UdpAnswer {
    Peers { interval: u32, leechers: u32, seeders: u32, peers: Vec<u8> },
    Error(String),
}

impl UdpAnswer {
    pub fn read(answer: &[u8]) -> Self {
        let number = |at: usize| u32::from_be_bytes(answer[at..at + 4].try_into().unwrap());
        match number(0) {
            1 => Self::Peers {
                interval: number(8),
                leechers: number(12),
                seeders: number(16),
                peers: answer[20..].to_vec(),
            },
            3 => Self::Error(String::from_utf8(answer[8..].to_vec()).unwrap()),
            other => panic!("action {other}"),
        }
    }

    /// Ports of the peers, sorted; `size` is the length of one.
    pub fn ports(&self, size: usize) -> Vec<u16> {
        match self {
            Self::Peers { peers, .. } => ports(peers, size),
            Self::Error(error) => panic!("{error}"),
        }
    }

    pub fn error(&self) -> &str {
        match self {
            Self::Error(error) => error,
            other => panic!("{other:?}"),
        }
    }
}

pub fn ports(compact: &[u8], size: usize) -> Vec<u16> {
    assert_eq!(compact.len() % size, 0);
    let port = |peer: &[u8]| u16::from_be_bytes([peer[size - 2], peer[size - 1]]);
    let mut ports: Vec<u16> = compact.chunks(size).map(port).collect();
    ports.sort_unstable();
    ports
}

/// A connection that is kept alive.
pub struct Http {
    pub stream: TcpStream,
    rest: Vec<u8>,
}

impl Http {
    pub fn connect(tracker: SocketAddr) -> Self {
        let stream = TcpStream::connect(tracker).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { stream, rest: Vec::new() }
    }

    pub fn get(&mut self, target: &str) -> (u16, Value) {
        self.write(format!("GET {target} HTTP/1.1\r\nHost: t\r\n\r\n").as_bytes());
        self.receive()
    }

    pub fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// The next answer, whole and bencoded.
    pub fn receive(&mut self) -> (u16, Value) {
        let (status, body) = self.receive_raw();
        let (value, rest) = Value::read(&body);
        assert!(rest.is_empty());
        (status, value)
    }

    pub fn receive_raw(&mut self) -> (u16, Vec<u8>) {
        let head_end = loop {
            if let Some(at) = self.rest.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            assert!(self.fill() > 0, "the connection ended before an answer");
        };
        let head = String::from_utf8(self.rest[..head_end].to_vec()).unwrap().to_lowercase();
        let status = head[9..12].parse().unwrap();
        let length = head
            .split("content-length: ")
            .nth(1)
            .map_or(0, |rest| rest.split("\r\n").next().unwrap().parse::<usize>().unwrap());
        while self.rest.len() < head_end + length {
            assert!(self.fill() > 0, "the connection ended within an answer");
        }
        let body = self.rest[head_end..head_end + length].to_vec();
        self.rest.drain(..head_end + length);
        (status, body)
    }

    /// Reads what is there; 0 at the end of the connection.
    pub fn fill(&mut self) -> usize {
        let mut buffer = [0; 4_096];
        match self.stream.read(&mut buffer) {
            Ok(count) => {
                self.rest.extend_from_slice(&buffer[..count]);
                count
            }
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => 0,
            Err(error) => panic!("read: {error}"),
        }
    }
}

/// A bencoded value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Integer(i64),
    Bytes(Vec<u8>),
    Dictionary(BTreeMap<Vec<u8>, Value>),
}

impl Value {
    pub fn read(text: &[u8]) -> (Self, &[u8]) {
        match text[0] {
            b'i' => {
                let end = text.iter().position(|byte| *byte == b'e').unwrap();
                let number = std::str::from_utf8(&text[1..end]).unwrap().parse().unwrap();
                (Self::Integer(number), &text[end + 1..])
            }
            b'd' => {
                let mut rest = &text[1..];
                let mut entries = BTreeMap::new();
                while rest[0] != b'e' {
                    let (Self::Bytes(name), after) = Self::read(rest) else { panic!("a key that is no text") };
                    assert!(entries.last_key_value().is_none_or(|(last, _)| *last < name), "keys in order");
                    let (value, after) = Self::read(after);
                    entries.insert(name, value);
                    rest = after;
                }
                (Self::Dictionary(entries), &rest[1..])
            }
            _ => {
                let colon = text.iter().position(|byte| *byte == b':').unwrap();
                let length: usize = std::str::from_utf8(&text[..colon]).unwrap().parse().unwrap();
                let end = colon + 1 + length;
                (Self::Bytes(text[colon + 1..end].to_vec()), &text[end..])
            }
        }
    }

    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Dictionary(entries) => entries.get(name.as_bytes()),
            _ => None,
        }
    }

    pub fn integer(&self, name: &str) -> i64 {
        match self.get(name) {
            Some(Self::Integer(number)) => *number,
            other => panic!("{name}: {other:?}"),
        }
    }

    pub fn bytes(&self, name: &str) -> &[u8] {
        match self.get(name) {
            Some(Self::Bytes(bytes)) => bytes,
            other => panic!("{name}: {other:?} in {self:?}"),
        }
    }

    pub fn failure(&self) -> &str {
        std::str::from_utf8(self.bytes("failure reason")).unwrap()
    }
}

/// An HTTP announce of the torrent of these tests.
pub fn target(key: &str, peer: char, port: u16, rest: &str) -> String {
    let key = if key.is_empty() { String::new() } else { format!("passkey={key}&") };
    let (hash, id) = ("h".repeat(20), peer.to_string().repeat(20));
    format!("/announce?{key}info_hash={hash}&peer_id={id}&port={port}&{rest}")
}
