//! What lies inside a component: its validity under the features this host allows, its top-level sections, imports
//! and exports; and the way from a core module to a component.

use crate::error::PackageError;
use crate::requirements::InterfaceName;
use std::ops::Range;
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

/// Deepest nesting of components; `wit-component` writes 2.
const MAX_DEPTH: usize = 16;
/// Most modules and components in one file; `wit-component` writes about 5.
const MAX_NESTED: usize = 1_000;

/// What `inspect` found.
#[derive(Debug)]
pub(crate) struct Inspected {
    /// Top-level sections in file order.
    pub sections: Vec<Section>,
    /// Top-level imports.
    pub imports: Vec<InterfaceName>,
    /// Top-level exports.
    pub exports: Vec<InterfaceName>,
}

/// One top-level section.
#[derive(Debug)]
pub(crate) struct Section {
    /// Name of a custom section.
    pub name: Option<String>,
    /// The whole section with its header, in bytes of the file.
    pub whole: Range<usize>,
    /// A custom section's data, in bytes of the file.
    pub data: Range<usize>,
}

impl Section {
    /// Whether it is one that only packages have.
    pub fn is_ours(&self) -> bool {
        self.name.as_deref().is_some_and(|name| name.starts_with("lamphouse:"))
    }
}

/// The WebAssembly features a plugin may use: what Rust's wasm32-unknown-unknown emits, SIMD and tail calls. Not: threads,
/// 64-bit memories, garbage collection, exceptions, relaxed SIMD (its results differ between machines), async components.
fn features() -> WasmFeatures {
    WasmFeatures::FLOATS
        | WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::REFERENCE_TYPES
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::SIMD
        | WasmFeatures::TAIL_CALL
        | WasmFeatures::EXTENDED_CONST
        | WasmFeatures::COMPONENT_MODEL
}

/// Validates the component and lists what is at its top level. Errors: `NotWasm`, `CoreModule`, `InvalidComponent`.
pub(crate) fn inspect(bytes: &[u8]) -> Result<Inspected, PackageError> {
    if Parser::is_core_wasm(bytes) {
        return Err(PackageError::CoreModule);
    }
    if !Parser::is_component(bytes) {
        return Err(PackageError::NotWasm);
    }
    let inspected = walk(bytes)?;
    Validator::new_with_features(features()).validate_all(bytes).map_err(invalid)?;
    Ok(inspected)
}

/// A component of a core module that carries its WIT world in a custom section, as `wit-bindgen` leaves it.
/// Shape: the same module gives the same bytes. Errors: `Componentize` with the whole chain of causes.
pub fn componentize(core_module: &[u8]) -> Result<Vec<u8>, PackageError> {
    let encode = || {
        let mut encoder = wit_component::ComponentEncoder::default();
        encoder.validate(true).module(core_module)?.encode()
    };
    encode().map_err(|error| PackageError::Componentize(format!("{error:#}")))
}

/// One pass without validation, bounded in depth and number, so that validation never sees an absurd tree.
fn walk(bytes: &[u8]) -> Result<Inspected, PackageError> {
    let mut found = Inspected { sections: Vec::new(), imports: Vec::new(), exports: Vec::new() };
    let (mut depth, mut nested, mut end) = (0_usize, 0_usize, 0_usize);
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(invalid)?;
        match &payload {
            Payload::Version { range, .. } => {
                depth += 1;
                nested += 1;
                if depth > MAX_DEPTH || nested > MAX_NESTED {
                    let limits = format!("more than {MAX_NESTED} nested modules or {MAX_DEPTH} levels");
                    return Err(PackageError::InvalidComponent(limits));
                }
                if depth == 1 {
                    end = offset(range.end)?;
                }
            }
            Payload::End(_) => depth = depth.saturating_sub(1),
            _ if depth == 1 => end = top_level(&payload, end, &mut found)?,
            _ => {}
        }
    }
    Ok(found)
}

/// Takes note of one top-level section that starts at `start`; returns where it ends.
fn top_level(payload: &Payload<'_>, start: usize, found: &mut Inspected) -> Result<usize, PackageError> {
    let Some((_, range)) = payload.as_section() else { return Ok(start) };
    let end = offset(range.end)?;
    let mut section = Section { name: None, whole: start..end, data: end..end };
    match payload {
        Payload::CustomSection(custom) => {
            let data = custom.data_range();
            section.name = Some(custom.name().to_owned());
            section.data = offset(data.start)?..offset(data.end)?;
        }
        Payload::ComponentImportSection(reader) => {
            for import in reader.clone() {
                found.imports.push(InterfaceName::parse(&import.map_err(invalid)?.name.full_name()));
            }
        }
        Payload::ComponentExportSection(reader) => {
            for export in reader.clone() {
                found.exports.push(InterfaceName::parse(&export.map_err(invalid)?.name.full_name()));
            }
        }
        _ => {}
    }
    found.sections.push(section);
    Ok(end)
}

fn offset(value: u64) -> Result<usize, PackageError> {
    usize::try_from(value).map_err(|_| PackageError::InvalidComponent("it is too large".to_owned()))
}

fn invalid(error: wasmparser::BinaryReaderError) -> PackageError {
    PackageError::InvalidComponent(error.to_string())
}
