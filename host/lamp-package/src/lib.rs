//! The plugin file `.lamp.wasm`: a WebAssembly component followed by up to three custom sections, in this order:
//! `lamphouse:manifest` (canonical JSON), `lamphouse:assets` (tar.zst), `lamphouse:signature` (Ed25519). Pure: bytes in,
//! bytes out; it never touches a disk and never runs anything.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod assets;
mod component;
pub mod config;
mod error;
mod layout;
mod package;
mod requirements;
mod signature;
#[cfg(test)]
mod tests;

pub use component::componentize;
pub use error::PackageError;
pub use package::{Package, hash_hex, read, write};
pub use requirements::{InterfaceName, Warning, check_requirements};
pub use signature::{Signature, key_id, public_key, sign, verify};

/// Largest package file in bytes, 64 MiB.
pub const MAX_FILE_BYTES: usize = 64 << 20;
/// Largest sum of unpacked assets in bytes, 64 MiB.
pub const MAX_ASSET_BYTES: usize = 64 << 20;
/// Most assets of one package.
pub const MAX_ASSETS: usize = 2_000;
/// Custom section of the manifest.
pub const MANIFEST_SECTION: &str = "lamphouse:manifest";
/// Custom section of the assets.
pub const ASSETS_SECTION: &str = "lamphouse:assets";
/// Custom section of the signature.
pub const SIGNATURE_SECTION: &str = "lamphouse:signature";
