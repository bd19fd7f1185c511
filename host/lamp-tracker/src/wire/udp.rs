//! Packets of the UDP tracker protocol (BEP 15) with the options of BEP 41.

use super::{AccessKey, Announce, Event, InfoHash, MAX_SCRAPED, PeerId, SwarmCounts, WireError, key};

/// First eight bytes of a connect request.
pub const PROTOCOL_ID: u64 = 0x0417_2710_1980;
/// Longest packet looked at, in bytes; none of the protocol is longer.
pub const MAX_PACKET_BYTES: usize = 2_048;
/// Bytes of an announce answer before its peers.
pub const ANNOUNCE_HEADER_BYTES: usize = 20;
/// An announce without options.
const ANNOUNCE_BYTES: usize = 98;
/// Most bytes of URL data gathered from its options.
const MAX_URL_DATA_BYTES: usize = 512;

const CONNECT: u32 = 0;
const ANNOUNCE: u32 = 1;
const SCRAPE: u32 = 2;
const ERROR: u32 = 3;

/// What a packet asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Asks for a connection id.
    Connect,
    /// Announces a peer and asks for others.
    Announce(Announce),
    /// Info hashes in the order of the packet, 1 to 74.
    Scrape(Vec<InfoHash>),
}

/// The sixteen bytes every packet begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Connection id, or the protocol's id on connect.
    pub connection_id: u64,
    /// What is asked for.
    pub action: u32,
    /// Given back in the answer.
    pub transaction_id: u32,
}

impl Header {
    /// Reads the header; none when the packet is too short or too long to be one of the protocol.
    pub fn read(packet: &[u8]) -> Option<Self> {
        if packet.len() > MAX_PACKET_BYTES {
            return None;
        }
        let mut reader = Reader(packet);
        Some(Self {
            connection_id: u64::from_be_bytes(reader.take().ok()?),
            action: u32::from_be_bytes(reader.take().ok()?),
            transaction_id: u32::from_be_bytes(reader.take().ok()?),
        })
    }

    /// Whether this is a connect request; all others need a valid connection id.
    pub fn is_connect(&self) -> bool {
        self.action == CONNECT && self.connection_id == PROTOCOL_ID
    }

    /// Reads the packet this header was read from.
    pub fn request(&self, packet: &[u8]) -> Result<Request, WireError> {
        match self.action {
            CONNECT if self.connection_id == PROTOCOL_ID => Ok(Request::Connect),
            ANNOUNCE => announce(packet).map(Request::Announce),
            SCRAPE => scrape(packet).map(Request::Scrape),
            _ => Err(WireError::Action),
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let (first, rest) = self.0.split_first_chunk().ok_or(WireError::Malformed)?;
        self.0 = rest;
        Ok(*first)
    }

    fn slice(&mut self, length: usize) -> Result<&'a [u8], WireError> {
        let (first, rest) = self.0.split_at_checked(length).ok_or(WireError::Malformed)?;
        self.0 = rest;
        Ok(first)
    }
}

fn announce(packet: &[u8]) -> Result<Announce, WireError> {
    if packet.len() < ANNOUNCE_BYTES {
        return Err(WireError::Malformed);
    }
    let mut reader = Reader(packet);
    let _header: [u8; 16] = reader.take()?;
    let info_hash = InfoHash(reader.take()?);
    let peer_id = PeerId(reader.take()?);
    let downloaded_bytes = u64::from_be_bytes(reader.take()?);
    // Clients that do not know send -1.
    let left_bytes = u64::from_be_bytes(reader.take()?);
    let uploaded_bytes = u64::from_be_bytes(reader.take()?);
    let event = event(u32::from_be_bytes(reader.take()?));
    let claimed = std::net::Ipv4Addr::from(reader.take::<4>()?);
    let _random_key: [u8; 4] = reader.take()?;
    let peers_wanted = u32::try_from(i32::from_be_bytes(reader.take()?)).ok();
    let port = u16::from_be_bytes(reader.take()?);
    Ok(Announce {
        info_hash,
        peer_id,
        key: options(reader)?,
        port,
        uploaded_bytes,
        downloaded_bytes,
        left_bytes: (left_bytes <= i64::MAX.unsigned_abs()).then_some(left_bytes),
        event,
        peers_wanted,
        claimed_address: (!claimed.is_unspecified()).then_some(claimed.into()),
    })
}

/// Events other than these do not exist; a client that sends one has at least announced itself.
fn event(number: u32) -> Event {
    match number {
        1 => Event::Completed,
        2 => Event::Started,
        3 => Event::Stopped,
        _ => Event::Regular,
    }
}

/// The options of BEP 41: 0 ends them, 1 is padding, 2 carries a part of the URL, others are passed over by length.
fn options(mut reader: Reader<'_>) -> Result<Option<AccessKey>, WireError> {
    let mut url_data = [0; MAX_URL_DATA_BYTES];
    let mut length = 0;
    while !reader.0.is_empty() {
        match u8::from_be_bytes(reader.take()?) {
            0 => break,
            1 => {}
            option => {
                let size = usize::from(u8::from_be_bytes(reader.take()?));
                let value = reader.slice(size)?;
                if option == 2 {
                    let free = url_data.get_mut(length..length + size).ok_or(WireError::Malformed)?;
                    free.copy_from_slice(value);
                    length += size;
                }
            }
        }
    }
    key::key_in_url_data(&url_data[..length])
}

fn scrape(packet: &[u8]) -> Result<Vec<InfoHash>, WireError> {
    let hashes = packet.get(16..).ok_or(WireError::Malformed)?;
    let (hashes, rest) = hashes.as_chunks::<20>();
    if !rest.is_empty() {
        return Err(WireError::Malformed);
    }
    match hashes.len() {
        0 => Err(WireError::FullScrape),
        1..=MAX_SCRAPED => Ok(hashes.iter().map(|hash| InfoHash(*hash)).collect()),
        _ => Err(WireError::TooMany),
    }
}

/// Writes the answer to a connect request.
pub fn write_connect(out: &mut Vec<u8>, transaction_id: u32, connection_id: u64) {
    begin(out, CONNECT, transaction_id);
    out.extend_from_slice(&connection_id.to_be_bytes());
}

/// Writes the answer to an announce. `peers` are compact and of the family of the request.
pub fn write_announce(out: &mut Vec<u8>, transaction_id: u32, interval_s: u32, counts: SwarmCounts, peers: &[u8]) {
    begin(out, ANNOUNCE, transaction_id);
    for number in [interval_s, counts.leechers, counts.seeders] {
        out.extend_from_slice(&number.to_be_bytes());
    }
    out.extend_from_slice(peers);
}

/// Writes the answer to a scrape, counts in the order of the request.
pub fn write_scrape(out: &mut Vec<u8>, transaction_id: u32, counts: &[SwarmCounts]) {
    begin(out, SCRAPE, transaction_id);
    for count in counts {
        for number in [count.seeders, count.completed, count.leechers] {
            out.extend_from_slice(&number.to_be_bytes());
        }
    }
}

/// Writes a refusal, cut so that the answer is not longer than the request was.
pub fn write_error(out: &mut Vec<u8>, transaction_id: u32, message: &str, request_bytes: usize) {
    begin(out, ERROR, transaction_id);
    let space = request_bytes.saturating_sub(out.len());
    out.extend_from_slice(&message.as_bytes()[..message.floor_char_boundary(space)]);
}

fn begin(out: &mut Vec<u8>, action: u32, transaction_id: u32) {
    out.clear();
    out.extend_from_slice(&action.to_be_bytes());
    out.extend_from_slice(&transaction_id.to_be_bytes());
}

#[cfg(test)]
mod tests;
