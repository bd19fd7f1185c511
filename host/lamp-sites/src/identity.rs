//! This installation's identity: an id and an Ed25519 key (RFC 8032), made when they are first needed.

use crate::error::SitesResult;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use lamp_core::site::SiteRole;
use lamp_store::{Store, StoreError};

/// Who this installation is.
#[derive(Clone)]
pub struct Identity {
    /// UUIDv7.
    pub site_id: String,
    /// Its part in the network when it was read.
    pub role: SiteRole,
    key: SigningKey,
}

impl std::fmt::Debug for Identity {
    /// The private key stays out of logs.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Identity({})", self.site_id)
    }
}

impl Identity {
    /// Reads the identity, or makes it.
    pub async fn load(store: &Store) -> SitesResult<Self> {
        let row = store.site_identity(rand::random()).await?;
        let seed = <[u8; 32]>::try_from(row.private_key.as_slice())
            .map_err(|_| StoreError::damaged("site_identity.private_key", "not 32 bytes"))?;
        Ok(Self { site_id: row.site_id, role: row.role, key: SigningKey::from_bytes(&seed) })
    }

    /// The public key, hex.
    pub fn public_key(&self) -> String {
        hex::encode(self.key.verifying_key().as_bytes())
    }

    /// What announce keys are made from.
    pub(crate) fn announce_secret(&self) -> [u8; 32] {
        blake3::derive_key("lamphouse 2026 announce keys", self.key.as_bytes())
    }

    pub(crate) fn sign(&self, text: &[u8]) -> [u8; 64] {
        self.key.sign(text).to_bytes()
    }
}

#[cfg(test)]
impl Identity {
    /// An installation called `this` with the key of `seed`.
    pub(crate) fn of_seed(seed: [u8; 32]) -> Self {
        Self { site_id: "this".to_owned(), role: SiteRole::Hub, key: SigningKey::from_bytes(&seed) }
    }
}

/// Reads a public key from hex; none when it is no key.
pub(crate) fn read_public_key(text: &str) -> Option<VerifyingKey> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    VerifyingKey::from_bytes(&bytes).ok()
}

/// Whether `signature` over `text` is by `key`; weak keys and second forms of a signature are refused.
pub(crate) fn is_signed(key: &VerifyingKey, text: &[u8], signature: &[u8; 64]) -> bool {
    key.verify_strict(text, &Signature::from_bytes(signature)).is_ok()
}
