//! The query of an HTTP announce or scrape (BEP 3, 7 and 48): strict on lengths, forgiving in what it can do without.

use super::key::KEY_PARAMETER;
use super::{AccessKey, Announce, Event, InfoHash, MAX_SCRAPED, PeerId, WireError};
use percent_encoding::percent_decode;
use std::net::IpAddr;

/// Reads the query of an announce. Unknown parameters are passed over, numbers that make no sense count as absent.
pub fn announce(query: &[u8]) -> Result<Announce, WireError> {
    let mut fields = Fields::default();
    for (name, value) in pairs(query) {
        fields.read(name, value)?;
    }
    Ok(Announce {
        info_hash: fields.info_hash.ok_or(WireError::Missing("info_hash"))?,
        peer_id: fields.peer_id.ok_or(WireError::Missing("peer_id"))?,
        key: fields.key,
        port: fields.port.ok_or(WireError::Missing("port"))?,
        uploaded_bytes: fields.uploaded_bytes,
        downloaded_bytes: fields.downloaded_bytes,
        left_bytes: fields.left_bytes,
        event: fields.event,
        peers_wanted: fields.peers_wanted,
        claimed_address: fields.claimed_address,
    })
}

/// Reads the query of a scrape. Shape: 1 to 74 info hashes, and the key.
pub fn scrape(query: &[u8]) -> Result<(Vec<InfoHash>, Option<AccessKey>), WireError> {
    let (mut hashes, mut key) = (Vec::new(), None);
    for (name, value) in pairs(query) {
        match name {
            b"info_hash" if hashes.len() == MAX_SCRAPED => return Err(WireError::TooMany),
            b"info_hash" => hashes.push(InfoHash(twenty(value).ok_or(WireError::Invalid("info_hash"))?)),
            b"passkey" => once(&mut key, AccessKey::parse(value), KEY_PARAMETER)?,
            _ => {}
        }
    }
    if hashes.is_empty() { Err(WireError::FullScrape) } else { Ok((hashes, key)) }
}

#[derive(Default)]
struct Fields {
    info_hash: Option<InfoHash>,
    peer_id: Option<PeerId>,
    key: Option<AccessKey>,
    port: Option<u16>,
    uploaded_bytes: u64,
    downloaded_bytes: u64,
    left_bytes: Option<u64>,
    event: Event,
    peers_wanted: Option<u32>,
    claimed_address: Option<IpAddr>,
}

impl Fields {
    fn read(&mut self, name: &[u8], value: &[u8]) -> Result<(), WireError> {
        match name {
            b"info_hash" => once(&mut self.info_hash, twenty(value).map(InfoHash), "info_hash")?,
            b"peer_id" => once(&mut self.peer_id, twenty(value).map(PeerId), "peer_id")?,
            b"passkey" => once(&mut self.key, AccessKey::parse(value), KEY_PARAMETER)?,
            b"port" => once(&mut self.port, number(value), "port")?,
            b"uploaded" => self.uploaded_bytes = number(value).unwrap_or_default(),
            b"downloaded" => self.downloaded_bytes = number(value).unwrap_or_default(),
            b"left" => self.left_bytes = number(value),
            b"event" => self.event = event(value),
            b"numwant" => self.peers_wanted = peers_wanted(value),
            b"ip" => self.claimed_address = address(value),
            _ => {}
        }
        Ok(())
    }
}

/// Sets a field that may stand once.
pub(super) fn once<T>(field: &mut Option<T>, value: Option<T>, name: &'static str) -> Result<(), WireError> {
    let value = value.ok_or(WireError::Invalid(name))?;
    match field.replace(value) {
        None => Ok(()),
        Some(_) => Err(WireError::Repeated(name)),
    }
}

/// Names and values of a query, as they stand there.
pub(super) fn pairs(query: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    query.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
        let equals = pair.iter().position(|byte| *byte == b'=');
        equals.map_or((pair, &pair[pair.len()..]), |at| (&pair[..at], &pair[at + 1..]))
    })
}

/// Exactly twenty bytes after percent-decoding. A plus is a plus: this is no form.
fn twenty(value: &[u8]) -> Option<[u8; 20]> {
    let mut decoded = percent_decode(value);
    let mut bytes = [0; 20];
    for byte in &mut bytes {
        *byte = decoded.next()?;
    }
    decoded.next().is_none().then_some(bytes)
}

fn number<T: std::str::FromStr>(value: &[u8]) -> Option<T> {
    std::str::from_utf8(value).ok()?.parse().ok()
}

fn event(value: &[u8]) -> Event {
    match value {
        b"started" => Event::Started,
        b"stopped" => Event::Stopped,
        b"completed" => Event::Completed,
        _ => Event::Regular,
    }
}

/// A number too large to hold still means "many"; a negative one means "as you like".
fn peers_wanted(value: &[u8]) -> Option<u32> {
    let all_digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    all_digits.then(|| number(value).unwrap_or(u32::MAX))
}

fn address(value: &[u8]) -> Option<IpAddr> {
    if value.len() > 128 {
        return None;
    }
    let text: Vec<u8> = percent_decode(value).collect();
    std::str::from_utf8(&text).ok()?.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests;
