//! Signatures: Ed25519 (RFC 8032) over a label, the SHA-256 of all preceding bytes and the key's id. The section is last.

use crate::error::PackageError;
use crate::{SIGNATURE_SECTION, component, layout, package};
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

/// Keeps these signatures apart from any other use of the same key.
const LABEL: &[u8] = b"lamphouse package signature 1";
/// Form of the record: this byte, 8 bytes key id, 64 bytes signature.
const FORM: u8 = 1;
const KEY_ID_BYTES: usize = 8;

/// A signature as the package carries it. Being there proves nothing: see `verify`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Which key: the first 8 bytes of the SHA-256 of the public key, hex.
    pub key_id: String,
    bytes: [u8; 64],
}

/// Id of a public key, 16 hex digits.
pub fn key_id(public: &[u8; 32]) -> String {
    hex::encode(&Sha256::digest(public)[..KEY_ID_BYTES])
}

/// The public key of a secret one.
pub fn public_key(secret: &[u8; 32]) -> [u8; 32] {
    SigningKey::from_bytes(secret).verifying_key().to_bytes()
}

/// Signs a package, replacing its signature if it has one. Errors: what `read` says of the package.
pub fn sign(package: &[u8], secret: &[u8; 32]) -> Result<Vec<u8>, PackageError> {
    package::read(package)?;
    let mut bytes = package[..signed_end(package)?].to_vec();
    let id = key_id(&public_key(secret));
    let signature = SigningKey::from_bytes(secret).sign(&message(&bytes, &id));
    let mut record = vec![FORM];
    record.extend_from_slice(&hex::decode(&id).map_err(|_| PackageError::BadKey)?);
    record.extend_from_slice(&signature.to_bytes());
    layout::append(&mut bytes, SIGNATURE_SECTION, &record);
    package::read(&bytes)?;
    Ok(bytes)
}

/// Checks that the package was signed with the key of this public half and not changed since.
/// Errors: `NotSigned`, `OtherKey`, `BadSignature`, `BadKey`, and what `read` says of the package.
pub fn verify(package: &[u8], public: &[u8; 32]) -> Result<(), PackageError> {
    let signature = package::read(package)?.signature.ok_or(PackageError::NotSigned)?;
    let expected = key_id(public);
    if signature.key_id != expected {
        return Err(PackageError::OtherKey { found: signature.key_id, expected });
    }
    let key = VerifyingKey::from_bytes(public).map_err(|_| PackageError::BadKey)?;
    let message = message(&package[..signed_end(package)?], &expected);
    key.verify_strict(&message, &ed25519_dalek::Signature::from_bytes(&signature.bytes))
        .map_err(|_| PackageError::BadSignature)
}

/// Takes the section's record apart.
pub(crate) fn decode(record: &[u8]) -> Result<Signature, PackageError> {
    let (Some((&FORM, rest)), true) = (record.split_first(), record.len() == 1 + KEY_ID_BYTES + 64) else {
        return Err(PackageError::BadSignature);
    };
    let (id, bytes) = rest.split_at(KEY_ID_BYTES);
    let bytes = bytes.try_into().map_err(|_| PackageError::BadSignature)?;
    Ok(Signature { key_id: hex::encode(id), bytes })
}

fn message(preceding: &[u8], key_id: &str) -> Vec<u8> {
    let mut message = LABEL.to_vec();
    message.extend_from_slice(&Sha256::digest(preceding));
    message.extend_from_slice(key_id.as_bytes());
    message
}

fn signed_end(package: &[u8]) -> Result<usize, PackageError> {
    let found = component::inspect(package)?;
    Ok(layout::locate(&found.sections, package.len())?.signed_end)
}
