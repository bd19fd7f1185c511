//! Signing and checking of packets. A packet is 64 bytes of Ed25519 signature and JSON. What is signed names the
//! speaker, everything that was said in the handshake before (by its hash, nonces of both sides included), and the
//! packet's number: so a packet is good in one place of one session and nowhere else. Secrecy is what TLS is for.

use crate::error::{SitesError, SitesResult};
use crate::identity::{Identity, is_signed};
use crate::packet::MAX_PACKET_BYTES;
use ed25519_dalek::VerifyingKey;
use serde::Serialize;
use serde::de::DeserializeOwned;

const SIGNATURE_BYTES: usize = 64;
const PURPOSE: &[u8] = b"lamphouse link 1";

/// Who signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speaker {
    Hub,
    Site,
}

/// Hash of all packets of the handshake so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Transcript([u8; 32]);

impl Transcript {
    pub(crate) fn new() -> Self {
        Self([0; 32])
    }

    pub(crate) fn add(&mut self, packet: &[u8]) {
        let mut hasher = blake3::Hasher::new();
        self.0 = hasher.update(&self.0).update(packet).finalize().into();
    }

    /// Shows, in this place of this handshake, that its maker holds `secret`.
    pub(crate) fn proof(&self, secret: &[u8; 32], speaker: Speaker, public_key: &str) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(secret);
        hasher.update(PURPOSE).update(&[speaker as u8]).update(&self.0).update(public_key.as_bytes());
        hasher.finalize()
    }

    fn text(&self, speaker: Speaker, number: u64, payload: &[u8]) -> Vec<u8> {
        let payload = blake3::hash(payload);
        [PURPOSE, &[speaker as u8], &self.0, &number.to_be_bytes(), payload.as_bytes()].concat()
    }
}

/// A signed packet.
pub(crate) fn seal<T: Serialize>(
    identity: &Identity,
    speaker: Speaker,
    transcript: &Transcript,
    number: u64,
    value: &T,
) -> SitesResult<Vec<u8>> {
    let payload = serde_json::to_vec(value).map_err(|_| SitesError::Link("a packet cannot be written"))?;
    let mut packet = identity.sign(&transcript.text(speaker, number, &payload)).to_vec();
    packet.extend_from_slice(&payload);
    Ok(packet)
}

/// What a packet says before anybody vouches for it.
pub(crate) fn peek<T: DeserializeOwned>(packet: &[u8]) -> SitesResult<T> {
    let (_, payload) = split(packet)?;
    serde_json::from_slice(payload).map_err(|_| SitesError::Link("the other side speaks another protocol"))
}

/// Whether a packet is by `key`, for this place.
pub(crate) fn check(
    key: &VerifyingKey,
    speaker: Speaker,
    transcript: &Transcript,
    number: u64,
    packet: &[u8],
) -> SitesResult<()> {
    let (signature, payload) = split(packet)?;
    if is_signed(key, &transcript.text(speaker, number, payload), signature) {
        Ok(())
    } else {
        Err(SitesError::Link("a packet is not by the other side's key"))
    }
}

fn split(packet: &[u8]) -> SitesResult<(&[u8; SIGNATURE_BYTES], &[u8])> {
    match packet.split_first_chunk::<SIGNATURE_BYTES>() {
        Some(parts) if packet.len() <= MAX_PACKET_BYTES => Ok(parts),
        _ => Err(SitesError::Link("a packet is too short or too long")),
    }
}

/// Both directions of a session.
pub(crate) struct Seal<'a> {
    pub identity: &'a Identity,
    pub speaker: Speaker,
    pub peer: VerifyingKey,
    pub transcript: Transcript,
    sent: u64,
    received: u64,
}

impl<'a> Seal<'a> {
    /// For the session that `transcript` has begun.
    pub(crate) fn new(identity: &'a Identity, speaker: Speaker, peer: VerifyingKey, transcript: Transcript) -> Self {
        Self { identity, speaker, peer, transcript, sent: 0, received: 0 }
    }

    pub(crate) fn seal<T: Serialize>(&mut self, value: &T) -> SitesResult<Vec<u8>> {
        self.sent = self.sent.saturating_add(1);
        seal(self.identity, self.speaker, &self.transcript, self.sent, value)
    }

    pub(crate) fn open<T: DeserializeOwned>(&mut self, packet: &[u8]) -> SitesResult<T> {
        let other = if self.speaker == Speaker::Hub { Speaker::Site } else { Speaker::Hub };
        self.received = self.received.saturating_add(1);
        check(&self.peer, other, &self.transcript, self.received, packet)?;
        peek(packet)
    }
}
