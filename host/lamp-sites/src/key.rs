//! Registration keys and agents' secrets: 256 random bits each; the database keeps only their SHA-256.

use crate::error::{SitesError, SitesResult};
use lamp_core::clock::UnixMs;
use lamp_store::Store;
use lamp_store::audit::Origin;
use lamp_store::registration_keys::{NewRegistrationKey, RegistrationKey};
use sha2::{Digest, Sha256};

/// How a registration key begins.
const KEY_PREFIX: &str = "lr_";
/// How an agent's secret begins; `lamp_auth` tells it from other tokens by that.
const SECRET_PREFIX: &str = "lt_";
/// No key of ours is longer.
const MAX_KEY_BYTES: usize = 128;
/// Longest life of a key, in days.
const MAX_DAYS: u32 = 3_650;
const DAY_MS: i64 = 24 * 3_600_000;

/// How far a registration key reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyLimits {
    /// So many servers may register with it.
    pub max_servers: u32,
    /// It ends after so many days.
    pub days: u32,
}

/// Makes a registration key; the second part is the key itself, which nobody can read again. Errors: `Field`.
pub async fn create_key(store: &Store, origin: &Origin, limits: KeyLimits) -> SitesResult<(RegistrationKey, String)> {
    if !(1..=10_000).contains(&limits.max_servers) {
        return Err(SitesError::field("servers", "give a number from 1 to 10000"));
    }
    if !(1..=MAX_DAYS).contains(&limits.days) {
        return Err(SitesError::field("days", format!("give a number from 1 to {MAX_DAYS}")));
    }
    let prefix = format!("{KEY_PREFIX}{}", hex::encode(rand::random::<[u8; 4]>()));
    let key = format!("{prefix}_{}", hex::encode(rand::random::<[u8; 32]>()));
    let new = NewRegistrationKey {
        key_hash: stored_hash(&key),
        prefix,
        max_servers: limits.max_servers,
        expires_at: Some(UnixMs(store.now().0.saturating_add(i64::from(limits.days).saturating_mul(DAY_MS)))),
    };
    Ok((store.create_registration_key(origin, new).await?, key))
}

/// A secret for an agent that has no identity key.
pub(crate) fn agent_secret() -> String {
    format!("{SECRET_PREFIX}{}", hex::encode(rand::random::<[u8; 32]>()))
}

/// SHA-256 as it is stored, hex. A text that is too long for a key has the hash of none.
pub(crate) fn stored_hash(key: &str) -> String {
    hex::encode(digest(key))
}

/// SHA-256 of a key.
pub(crate) fn digest(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes().get(..MAX_KEY_BYTES).unwrap_or(key.as_bytes())).into()
}

/// The public first part of a key, `lr_1a2b3c4d`; none when it cannot be one.
pub(crate) fn prefix(key: &str) -> Option<&str> {
    let (prefix, secret) = key.rsplit_once('_')?;
    (prefix.starts_with(KEY_PREFIX) && secret.len() == 64 && key.len() <= MAX_KEY_BYTES).then_some(prefix)
}
