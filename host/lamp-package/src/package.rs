//! Reading and writing a whole package.

use crate::error::PackageError;
use crate::requirements::InterfaceName;
use crate::signature::{self, Signature};
use crate::{ASSETS_SECTION, MANIFEST_SECTION, MAX_FILE_BYTES, assets, component, layout};
use lamp_core::manifest::{Manifest, ManifestError};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::ops::Range;

/// One package, taken apart and checked on its own. Whether this host can run it: `check_requirements`.
#[derive(Debug, Clone, PartialEq)]
pub struct Package {
    /// Its manifest, validated.
    pub manifest: Manifest,
    /// Assets by path (`ui/index.js`), forward slashes, no leading one.
    pub assets: BTreeMap<String, Vec<u8>>,
    /// SHA-256 of the whole file, lower-case hex: the package's identity.
    pub hash_hex: String,
    /// Where the bare component lies in the file, in bytes; it starts at 0.
    pub component: Range<usize>,
    /// Signature, unverified: see `verify`.
    pub signature: Option<Signature>,
    /// Interfaces the component imports, in its order.
    pub imports: Vec<InterfaceName>,
    /// Interfaces the component exports, in its order.
    pub exports: Vec<InterfaceName>,
}

/// SHA-256 of a file, lower-case hex.
pub fn hash_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Reads and checks a package. Limits hold before anything is unpacked. Errors: everything of `PackageError` but the
/// requirement, componentize and signature ones.
pub fn read(bytes: &[u8]) -> Result<Package, PackageError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(PackageError::TooLarge { bytes: bytes.len(), limit: MAX_FILE_BYTES });
    }
    let found = component::inspect(bytes)?;
    let sections = layout::locate(&found.sections, bytes.len())?;
    let manifest = Manifest::from_json(&bytes[sections.manifest.clone()])?;
    let assets = match &sections.assets {
        Some(range) => assets::unpack(&bytes[range.clone()])?,
        None => BTreeMap::new(),
    };
    check_named_assets(&manifest, &assets)?;
    let signature = sections.signature.as_ref().map(|range| signature::decode(&bytes[range.clone()])).transpose()?;
    Ok(Package {
        manifest,
        assets,
        hash_hex: hash_hex(bytes),
        component: 0..sections.component_end,
        signature,
        imports: found.imports,
        exports: found.exports,
    })
}

/// Writes a package, unsigned. Shape: the same input gives the same bytes. Errors: what `read` would say of the result.
pub fn write(
    component: &[u8],
    manifest: &Manifest,
    assets: &BTreeMap<String, Vec<u8>>,
) -> Result<Vec<u8>, PackageError> {
    let found = component::inspect(component)?;
    if found.sections.iter().any(|section| section.is_ours()) {
        return Err(PackageError::Layout("this component is a package already; pack the bare component".to_owned()));
    }
    let mut bytes = component.to_vec();
    layout::append(&mut bytes, MANIFEST_SECTION, &canonical_json(manifest)?);
    if !assets.is_empty() {
        layout::append(&mut bytes, ASSETS_SECTION, &assets::pack(assets)?);
    }
    read(&bytes)?;
    Ok(bytes)
}

/// The manifest with the keys of every object sorted.
fn canonical_json(manifest: &Manifest) -> Result<Vec<u8>, PackageError> {
    let to_error = |error: serde_json::Error| ManifestError::Json(error.to_string());
    let value = serde_json::to_value(manifest).map_err(to_error)?;
    Ok(serde_json::to_vec(&sorted(value)).map_err(to_error)?)
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let ordered: BTreeMap<String, Value> = map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            Value::Object(ordered.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

fn check_named_assets(manifest: &Manifest, assets: &BTreeMap<String, Vec<u8>>) -> Result<(), PackageError> {
    let Some(ui) = &manifest.ui else { return Ok(()) };
    let styles = ui.styles.iter().enumerate().map(|(index, path)| (format!("ui.styles[{index}]"), path));
    for (field, path) in std::iter::once(("ui.entry".to_owned(), &ui.entry)).chain(styles) {
        if !assets.contains_key(path) {
            return Err(PackageError::MissingAsset { field, path: path.clone() });
        }
    }
    Ok(())
}
