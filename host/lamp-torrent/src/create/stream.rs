//! A string of bytes cut at given lengths, with the SHA-1 of each part; can be put down and taken up anywhere.

use super::checkpoint::digests_of;
use crate::{TorrentError, TorrentResult};
use serde::{Deserialize, Serialize};
use sha1::digest::common::hazmat::{SerializableState, SerializedState};
use sha1::{Digest as _, Sha1};

/// A stream in the middle of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StreamState {
    /// 40 hex digits for each finished part.
    digests_hex: String,
    /// The hash of the part under way.
    hash_hex: String,
    /// Bytes of that part which are to come.
    left: u64,
}

/// Parts being hashed.
pub(super) struct Stream<L> {
    lengths: L,
    hasher: Sha1,
    left: u64,
    done: Vec<[u8; 20]>,
}

impl<L: Iterator<Item = u64>> Stream<L> {
    /// At the beginning. `lengths`: of all parts, at least one; some may be 0.
    pub fn new(mut lengths: L) -> Self {
        let left = lengths.next().unwrap_or(0);
        let mut stream = Self { lengths, hasher: Sha1::new(), left, done: Vec::new() };
        stream.close_finished();
        stream
    }

    /// Where `state` was taken. Errors: `OtherCheckpoint`.
    pub fn resume(mut lengths: L, state: &StreamState) -> TorrentResult<Self> {
        let other = || TorrentError::OtherCheckpoint;
        let done = digests_of(&state.digests_hex).ok_or_else(other)?;
        let bytes = hex::decode(&state.hash_hex).map_err(|_| other())?;
        let serialized = SerializedState::<Sha1>::try_from(&bytes[..]).map_err(|_| other())?;
        let hasher = Sha1::deserialize(&serialized).map_err(|_| other())?;
        if !done.is_empty() && lengths.nth(done.len() - 1).is_none() {
            return Err(other());
        }
        match lengths.next() {
            Some(length) if state.left > length => return Err(other()),
            None if state.left > 0 => return Err(other()),
            _ => {}
        }
        Ok(Self { lengths, hasher, left: state.left, done })
    }

    pub fn state(&self) -> StreamState {
        StreamState {
            digests_hex: self.done.iter().map(hex::encode).collect(),
            hash_hex: hex::encode(self.hasher.serialize()),
            left: self.left,
        }
    }

    /// Goes on with the next bytes.
    pub fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && self.left > 0 {
            let length = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
            let (part, rest) = bytes.split_at(length);
            self.hasher.update(part);
            self.left -= length as u64;
            bytes = rest;
            self.close_finished();
        }
    }

    /// Digests of all parts, when all bytes have come.
    pub fn finish(self) -> Vec<[u8; 20]> {
        self.done
    }

    /// Closes the part under way when it is complete, and empty ones after it.
    fn close_finished(&mut self) {
        while self.left == 0 {
            self.done.push(self.hasher.finalize_reset().into());
            match self.lengths.next() {
                Some(length) => self.left = length,
                None => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTHS: [u64; 7] = [0, 3, 0, 0, 100, 1, 0];

    fn digests() -> Vec<[u8; 20]> {
        let bytes = bytes();
        let mut start = 0;
        LENGTHS
            .iter()
            .map(|length| {
                let end = start + *length as usize;
                let digest = Sha1::digest(&bytes[start..end]).into();
                start = end;
                digest
            })
            .collect()
    }

    fn bytes() -> Vec<u8> {
        (0..104).collect()
    }

    #[test]
    fn parts_of_any_length_from_bytes_in_any_portions() {
        for portion in [1, 2, 3, 50, 104] {
            let mut stream = Stream::new(LENGTHS.into_iter());
            bytes().chunks(portion).for_each(|part| stream.update(part));
            assert_eq!(stream.finish(), digests(), "portions of {portion}");
        }
    }

    #[test]
    fn goes_on_from_any_place() {
        let bytes = bytes();
        for place in 0..=bytes.len() {
            let mut first = Stream::new(LENGTHS.into_iter());
            first.update(&bytes[..place]);
            let mut second = Stream::resume(LENGTHS.into_iter(), &first.state()).unwrap();
            second.update(&bytes[place..]);
            assert_eq!(second.finish(), digests(), "put down at {place}");
        }
    }

    #[test]
    fn a_state_that_does_not_fit_is_refused() {
        let mut stream = Stream::new(LENGTHS.into_iter());
        stream.update(&bytes()[..50]);
        let state = stream.state();
        assert!(Stream::resume([0, 3, 0, 0, 10].into_iter(), &state).is_err());
        assert!(Stream::resume([1].into_iter(), &state).is_err());
        let broken = StreamState { hash_hex: "00".to_owned(), ..state };
        assert!(Stream::resume(LENGTHS.into_iter(), &broken).is_err());
    }
}
